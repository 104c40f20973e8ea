import BoboEngine
package import BoboTopics

/// Who reads which partition.
package struct Division {
    let options: DivisionOptions
    let gateway: String
    private let filters: [(name: String, filter: TopicFilter)]
    /// What this gateway reads, each with the moment since when.
    var reads: [String: Duration] = [:]
    /// The live and ready gateways of this kind, this one among them if it is ready.
    private(set) var members: [String] = []
    /// By partition, its readers in their order.
    private(set) var readers: [String: [String]] = [:]
    private(set) var mine: [String]?

    package init(_ options: DivisionOptions, gateway: String) {
        self.options = options
        self.gateway = gateway
        filters = options.partitions.compactMap { name in (try? TopicFilter(name)).map { (name, $0) } }
    }

    /// The first partition whose filter the topic matches.
    package func partition(of topic: TopicName) -> String? {
        filters.first { $0.filter.matches(topic) }?.name
    }

    func firstReader(of topic: TopicName) -> String? {
        guard let partition = partition(of: topic) else { return nil }
        // What is read by configuration nobody divides: this gateway has read it itself.
        if options.read.contains(partition) { return gateway }
        return readers[partition]?.first
    }

    /// The gateways that are to read a partition, in their order.
    package static func readers(of partition: String, _ members: [String], copies: Int) -> [String] {
        Array(Rendezvous.order(members, for: partition).prefix(max(1, copies)))
    }

    /// - Returns: whether what this gateway is to read has changed.
    mutating func divide(among members: [String]) -> Bool {
        self.members = members
        readers = [:]
        for partition in options.partitions {
            readers[partition] = Division.readers(of: partition, members, copies: options.copies)
        }
        let wanted =
            options.read.isEmpty
            ? options.partitions.filter { readers[$0]?.contains(gateway) == true } : options.read
        guard wanted != mine else { return false }
        mine = wanted
        return true
    }
}

extension Peers {
    /// The gateways that the partitions are divided among.
    package var members: [String] { division.members }

    /// Divides anew where the gateways that take part have changed.
    mutating func settleDivision(_ moment: Moment) {
        var members: [String] = []
        for place in peers.indices where peers[place].isLive && peers[place].said.config == options.config {
            members.append(peers[place].id)
        }
        if presence.isReady, stop == .none { members.append(options.gateway) }
        members.sort()
        guard members != division.members || (division.mine == nil && presence.isReady) else { return }
        let before = division
        guard division.divide(among: members) else { return }
        let mine = division.mine ?? []
        act(.read(mine))
        let taken = mine.filter { before.mine?.contains($0) != true }
        let left = (before.mine ?? []).filter { !mine.contains($0) }
        guard !taken.isEmpty || !left.isEmpty else { return }
        log(
            .reading(
                mine.count, of: options.division.partitions.count,
                taken: taken.map { named($0, "from", before, unlike: division) },
                left: left.map { named($0, "to", division, unlike: before) }))
    }

    /// For people: a partition, and who of others reads it by one division and not by the other.
    private func named(_ partition: String, _ word: String, _ one: Division, unlike other: Division) -> String {
        let readers = (one.readers[partition] ?? []).filter {
            $0 != options.gateway && other.readers[partition]?.contains($0) != true
        }
        return readers.isEmpty ? partition : "\(partition) (\(word) \(readers.joined(separator: ", ")))"
    }

    /// Whether a partition's other readers, those that this gateway makes way for, all say that they read it.
    package func mayLetGo(_ partition: String) -> Bool {
        // One that has just started does not know yet who reads, and is soon to be a reader itself.
        guard presence.isReady, let readers = division.readers[partition], !readers.isEmpty,
            !readers.contains(options.gateway)
        else { return false }
        return readers.allSatisfy { id in places[id].map { peers[$0].said.reads[partition] != nil } ?? false }
    }
}
