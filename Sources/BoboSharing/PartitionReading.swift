import BoboPeers

/// Which partitions this gateway reads, and how reading passes from one gateway to another.
struct PartitionReading {
    /// How several gateways come to read one partition after the other.
    enum HandOver: Sendable {
        /// One reads at a time, and the stream itself says from where on.
        case cuts
        /// Several read; who makes way goes once those that he makes way for say that they read.
        case overlap
        /// Nothing passes to anybody.
        case fixed
    }

    private enum State: Equatable {
        case idle
        case subscribing
        case reading
        case unsubscribing
    }

    private struct Partition {
        var isWanted = false
        var cut: CutReader
        /// Where there are no cuts.
        var state = State.idle
        /// It is subscribed, if at all, by the session of an earlier life.
        var isLeftover = false
        /// Since when it is read as far as others may rely on it.
        var since: Duration?
        /// Another's cut may be under way; see `doubt`.
        var isDoubted = false
        /// By gateway, its last cut.
        var cuts: [String: CutName] = [:]
        /// Whose cut made way for it.
        var successor: String?
    }

    private let gateway: String
    private let handOver: HandOver
    private var partitions: [String: Partition] = [:]
    /// Tells this life's cuts from those of others, and from each other.
    private let life: String
    private var number = 0
    /// Whether all that an earlier life's session held has been read, so that it is clear what that had not subscribed.
    private var knowsLeftovers = true
    /// Whether it has been said what this gateway is to read.
    private var isTold = false
    /// Whether the reading connection is up. While it is not, nothing is taken from anybody: a cut would say that this gateway
    /// reads from there on.
    private var isUp = false

    /// - Parameter names: all partitions there are.
    /// - Parameter life: another one in each life of the gateway.
    init(_ names: [String], gateway: String, life: String, handOver: HandOver) {
        self.gateway = gateway
        self.life = life
        self.handOver = handOver
        for name in names { partitions[name] = Partition(cut: CutReader(gateway: gateway, hasSession: false)) }
    }

    /// Whether a message of the partition is acted on.
    func acts(on partition: String) -> Bool { handOver != .cuts || partitions[partition]?.cut.acts == true }

    /// Since when each partition is read as far as others may rely on it.
    var reads: [String: Duration] { partitions.compactMapValues(\.since) }

    /// Whether others read all that this gateway has read, by the stream itself where there are cuts.
    var isReleased: Bool {
        switch handOver {
        case .cuts: !partitions.values.contains { $0.cut.isReader }
        case .overlap: partitions.values.allSatisfy { $0.state == .idle || $0.state == .unsubscribing }
        case .fixed: true
        }
    }

    // MARK: In

    /// There are other partitions now. What is no partition any more is let go.
    mutating func replace(_ names: [String], now: Duration) -> [Effect] {
        var effects: [Effect] = []
        for name in Set(partitions.keys).subtracting(names).sorted() {
            if acts(on: name) { effects.append(.unsubscribe(name)) }
            partitions[name] = nil
        }
        for name in names where partitions[name] == nil {
            partitions[name] = Partition(cut: CutReader(gateway: gateway, hasSession: false))
        }
        return effects
    }

    /// The partitions that the division gives to this gateway, or what is fixed.
    /// - Parameter isReadElsewhere: whether another has cut a partition before the mark went that has come back; nil: none
    ///   has come back yet.
    mutating func want(_ names: [String], now: Duration, isReadElsewhere: ((String) -> Bool)?) -> [Effect] {
        isTold = true
        for name in partitions.keys { self[name].isWanted = names.contains(name) }
        guard let isReadElsewhere else { return insist(now: now, mayLetGo: { _ in false }) }
        return settleLeftovers(now: now, isReadElsewhere: isReadElsewhere)
    }

    /// The mark has come back: what an earlier life's session had not subscribed is not taken for its own any more.
    mutating func settleLeftovers(now: Duration, isReadElsewhere: (String) -> Bool) -> [Effect] {
        knowsLeftovers = true
        if handOver == .cuts {
            for name in partitions.keys where self[name].isLeftover && isReadElsewhere(name) {
                self[name].cut.abandon()
                self[name].isLeftover = false
            }
        }
        return insist(now: now, mayLetGo: { _ in false })
    }

    /// To be called about once a second, too: a cut may be lost to a gateway that has left again.
    /// - Parameter mayLetGo: whether all others that are to read a partition say that they do.
    mutating func insist(now: Duration, mayLetGo: (String) -> Bool) -> [Effect] {
        guard isUp else { return [] }
        var effects: [Effect] = []
        for name in partitions.keys.sorted() {
            let isWanted = self[name].isWanted
            switch handOver {
            case .cuts:
                // Subscribed now, one that the session had not would be acted on while its reader acts on it, too.
                guard knowsLeftovers || !self[name].isLeftover else { continue }
                effects += take(name, now) { $0.want(isWanted) }
            case .overlap, .fixed:
                if isWanted, self[name].state == .idle || self[name].isLeftover {
                    self[name].state = .subscribing
                    self[name].isLeftover = false
                    effects.append(.subscribe(name))
                } else if !isWanted, self[name].state == .reading,
                    handOver == .fixed ? isTold : mayLetGo(name)
                {
                    self[name].state = .unsubscribing
                    self[name].since = nil
                    effects.append(.unsubscribe(name))
                }
            }
        }
        return effects
    }

    mutating func subscribed(_ name: String, now: Duration) -> [Effect] {
        guard handOver != .cuts else { return take(name, now) { $0.subscribed() } }
        guard self[name].state == .subscribing else { return [] }
        self[name].state = .reading
        self[name].since = now
        return []
    }

    /// - Parameter isOffline: whether the broker has said so of a gateway. A cut may have been under way when its gateway died:
    ///   who let the partition go to that one, and is to read it, does not wait for the next `insist`.
    mutating func unsubscribed(_ name: String, now: Duration, isOffline: (String) -> Bool) -> [Effect] {
        guard handOver == .cuts else {
            if self[name].state == .unsubscribing { self[name].state = .idle }
            return []
        }
        let effects = take(name, now) { $0.unsubscribed() }
        guard self[name].isWanted, let successor = self[name].successor, isOffline(successor) else { return effects }
        return effects + take(name, now) { $0.want(true) }
    }

    /// - Parameter text: see `CutName`. Whoever publishes may send a cut twice, and others, its own among them, may lie between.
    mutating func cut(_ name: String, _ text: String, now: Duration) -> [Effect] {
        guard handOver == .cuts else { return [] }
        let cut = CutName(text)
        let reader = cut.gateway
        self[name].isLeftover = false
        if let last = self[name].cuts[reader], cut.isRepeated(after: last) { return [] }
        self[name].isDoubted = false
        self[name].cuts[reader] = cut
        self[name].successor = reader
        return take(name, now) { $0.cut(naming: reader) }
    }

    /// The reading connection is up.
    /// - Parameter isFirst: since the start; what a kept session has subscribed is not known then.
    mutating func connected(hasSession: Bool, isFirst: Bool, now: Duration) -> [Effect] {
        isUp = true
        if isFirst, hasSession {
            knowsLeftovers = false
            for name in partitions.keys {
                self[name].cut = CutReader(gateway: gateway, hasSession: true)
                self[name].state = .reading
                self[name].isLeftover = true
            }
            return insist(now: now, mayLetGo: { _ in false })
        }
        var effects: [Effect] = []
        for name in partitions.keys.sorted() {
            self[name].since = nil
            guard handOver != .cuts else {
                effects += take(name, now) { hasSession ? $0.reconnected() : $0.sessionLost() }
                continue
            }
            switch self[name].state {
            case .subscribing: effects.append(.subscribe(name))
            case .unsubscribing where hasSession: effects.append(.unsubscribe(name))
            case .reading where hasSession, .idle: break
            case .reading, .unsubscribing:
                self[name].state = self[name].isWanted ? .subscribing : .idle
                if self[name].isWanted { effects.append(.subscribe(name)) }
            }
        }
        return effects + insist(now: now, mayLetGo: { _ in false })
    }

    /// The reading connection is lost.
    mutating func lost() { isUp = false }

    /// Another gateway may have cut partitions that this one says it reads, and the cut be under way: nobody is to rely on it
    /// before the next `rely`.
    /// - Parameter isReadSince: whether another says that it has read a partition since later than that.
    /// - Returns: whether there is such a partition.
    mutating func doubt(_ isReadSince: (String, Duration) -> Bool) -> Bool {
        guard handOver == .cuts else { return false }
        var doubts = false
        for (name, partition) in partitions {
            guard let since = partition.since, isReadSince(name, since) else { continue }
            self[name].since = nil
            self[name].isDoubted = true
            doubts = true
        }
        return doubts
    }

    /// Nothing old is left of what the reading connection had: from now on others may rely on what is read.
    mutating func rely(now: Duration) {
        for name in partitions.keys where self[name].since == nil {
            self[name].isDoubted = false
            let isRead =
                handOver == .cuts ? self[name].cut.isConfirmed : self[name].state == .reading && !self[name].isLeftover
            if isRead { self[name].since = now }
        }
    }

    // MARK: Inside

    private subscript(name: String) -> Partition {
        get { partitions[name] ?? Partition(cut: CutReader(gateway: gateway, hasSession: false)) }
        set { if partitions[name] != nil { partitions[name] = newValue } }
    }

    private mutating func take(
        _ name: String, _ now: Duration, _ body: (inout CutReader) -> [CutReader.Step]
    ) -> [Effect] {
        let steps = body(&self[name].cut)
        if !self[name].cut.isConfirmed || self[name].isDoubted {
            self[name].since = nil
        } else if self[name].since == nil {
            self[name].since = now
        }
        return steps.compactMap { step -> Effect? in
            switch step {
            case .subscribe: return .subscribe(name)
            case .publishCut:
                number += 1
                return .publishCut(name, text: CutName(gateway, life, number).text)
            case .unsubscribe: return .unsubscribe(name)
            // It goes out with the request to unsubscribe: what libmosquitto has queued is written together.
            case .acknowledgeCut: return nil
            }
        }
    }
}
