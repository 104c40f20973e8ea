internal import BoboTopics
internal import BoboYAML

extension ConfigurationReading {
    /// - Parameter instance: this gateway's name.
    func peers(instance: String) -> Configuration.Peers {
        var peers = Configuration.Peers()
        let ids = names("peers.ids")
        peers.ids = ids.map(\.name)
        checkPeers(ids, instance: instance)
        readKey(&peers)
        set(&peers.pingAfter, period("peers.ping_after"))
        set(&peers.resyncAfter, period("peers.resync_after"))
        set(&peers.pingInterval, period("peers.ping_interval"))
        set(&peers.resyncInterval, period("peers.resync_interval"))
        set(&peers.stashInterval, period("peers.stash_interval"))
        set(&peers.stashLimit, count("peers.stash_limit"))
        set(&peers.rememberedRuns, count("peers.remember.runs"))
        set(&peers.rememberAge, period("peers.remember.age"))
        set(&peers.catchUp, layers.value("peers.catch_up") { $0.node.duration(problems) })
        set(&peers.batch, layers.value("peers.batch") { $0.node.duration(in: 0...10_000, problems) })
        // A gateway reads messages of up to 8 MiB; below 4 KiB a message would have no room beside its head.
        set(
            &peers.messageLimit,
            layers.value("peers.message_limit") { $0.node.byteSize(in: 4096...(8 << 20), problems) })
        checkOrder(peers)
        return peers
    }

    private func names(_ path: String) -> [(name: String, place: SourcePlace)] {
        layers.value(path, isList: true) { given in
            guard let list = given.node.list(problems, expected: "a list of gateways' names") else { return nil }
            let names = list.compactMap { node in
                node.name(problems, expected: "a gateway's name").map { ($0, node.place) }
            }
            return names.count == list.count ? names : nil
        } ?? []
    }

    private func checkPeers(_ ids: [(name: String, place: SourcePlace)], instance: String) {
        var seen: Set<String> = []
        for (id, place) in ids {
            if id == instance {
                problems.error(place, "found \(id), this gateway's own name, expected those of the other gateways")
            }
            if !seen.insert(id).inserted { problems.error(place, "found \(id) twice") }
        }
    }

    private func readKey(_ peers: inout Configuration.Peers) {
        guard let file = namedFile("peers.key_file", isSecret: true) else { return }
        peers.keyFile = file
        // What cannot be read at all has been reported.
        guard checksFiles, files.isThere(file) else { return }
        do throws(PeerKey.Fault) {
            peers.key = try PeerKey.read(path: file)
        } catch {
            problems.error(place("peers.key_file"), "\(error): \(file)")
        }
    }

    private func period(_ path: String) -> Int64? {
        layers.value(path) { $0.node.duration(in: 1...DurationText.limit, problems) }
    }

    private func count(_ path: String) -> Int64? {
        layers.value(path) { $0.node.integer(in: 1...100_000_000, problems) }
    }

    /// The periods follow one another, and what is remembered outlives what may still come.
    private func checkOrder(_ peers: Configuration.Peers) {
        if peers.resyncAfter <= peers.pingAfter {
            problems.error(
                place(
                    layers.prefers("peers.ping_after", to: "peers.resync_after")
                        ? "peers.ping_after" : "peers.resync_after"),
                "found resync_after \(DurationText.text(peers.resyncAfter)) and ping_after "
                    + "\(DurationText.text(peers.pingAfter)), expected resync_after to be longer: first pings, then the whole state"
            )
        }
        if peers.rememberAge <= 2 * peers.catchUp {
            problems.error(
                place(
                    layers.prefers("peers.catch_up", to: "peers.remember.age") ? "peers.catch_up" : "peers.remember.age"
                ),
                "found remember.age \(DurationText.text(peers.rememberAge)) and catch_up "
                    + "\(DurationText.text(peers.catchUp)), expected remember.age to be more than twice as long")
        }
    }

    /// What the broker keeps for a gateway that is away is read when it comes back: the others must still know which runs
    /// have ended. A dead member of a shared subscription whose session lives on would go on being given its share.
    func cutSession(_ configuration: inout Configuration) {
        let given = configuration.broker.sessionExpiry
        let most: Int64
        if configuration.partitions.share != nil {
            most = 0
        } else if !configuration.peers.ids.isEmpty {
            most = configuration.peers.rememberAge / 2 / 1000 * 1000
        } else {
            return
        }
        guard given > most else { return }
        configuration.broker.sessionExpiry = most
        guard layers.origins["broker.session_expiry"] != nil else { return }
        problems.hint(
            place("broker.session_expiry"),
            "\(DurationText.text(given)) is cut to \(DurationText.text(most)), "
                + (configuration.partitions.share != nil
                    ? "since the broker would go on giving a gateway that is away its share"
                    : "half of peers.remember.age"))
    }
}
