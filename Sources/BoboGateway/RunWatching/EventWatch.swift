import BoboEngine
import BoboMQTT
import BoboTopics
import CEL

/// Complex events, and where asked for the changes of runs, of all gateways of a prefix, as they come. Belongs to one
/// thread.
package final class EventWatch {
    package enum News {
        /// What came first of a complex event; `line` is the message in one line.
        case event(PublishedEvent, line: [UInt8])
        case run(RunChange, line: [UInt8])
        /// A gateway could not tell as many changes of runs as there were.
        case leftOut(gateway: String, count: Int)
        case gateway(String, isOnline: Bool)
        /// A message that is none of these.
        case unreadable(topic: String)
        case connection(SteadySubscription.News)
    }

    /// How often a gateway is asked for its runs, which it tells for longer than that.
    static let interval = Duration.seconds(20)

    private let prefix: [Substring]
    private let phenomena: Set<String>
    private let watchesRuns: Bool
    private let tell: (News) throws -> Void
    private let subscription: SteadySubscription
    private let reader: PayloadReader
    private var seen = RecentIdentifiers()
    private var online: Set<String> = []
    private var nextQuestion: ContinuousClock.Instant?
    private var failure: (any Error)?

    /// - Parameters:
    ///   - phenomena: empty: all.
    ///   - prefix: the first level of the gateways' topics.
    package init(
        _ phenomena: [String], runs: Bool, prefix: String, connection: SteadyConnection,
        tell: @escaping (News) throws -> Void
    ) throws {
        self.prefix = prefix.split(separator: "/", omittingEmptySubsequences: false)
        self.phenomena = Set(phenomena)
        watchesRuns = runs
        self.tell = tell
        reader = try PayloadReader()
        let events = phenomena.isEmpty ? ["+"] : phenomena
        var filters = try events.map { try TopicFilter("\(prefix)/events/\($0)") } + [TopicFilter("\(prefix)/status/+")]
        if runs { filters.append(try TopicFilter("\(prefix)/runs/+")) }
        var later: (SteadySubscription.News) -> Void = { _ in }
        subscription = SteadySubscription(
            RecordedTopics(filters, qos: .atLeastOnce, prefix: prefix), connection: connection, tell: { later($0) })
        later = { [unowned self] news in notice(.connection(news)) }
        subscription.onMessage = { [unowned self] topic, message in try take(topic, message) }
    }

    /// Watches until a stop is asked for.
    ///
    /// - Throws: `BrokerFailure`, or what `tell` has thrown.
    package func run(afterEachTurn: () throws -> Void = {}) throws {
        defer { subscription.connection.close(within: .seconds(1)) }
        while true {
            let round = try subscription.turn(atMost: .milliseconds(500))
            if let failure { throw failure }
            try ask()
            try afterEachTurn()
            if round.isStopped { return }
        }
    }

    private func notice(_ news: News) {
        do { try tell(news) } catch { failure = error }
    }

    private func take(_ topic: String, _ message: BorrowedMessage) throws {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count == prefix.count + 2, levels.starts(with: prefix) else { return }
        let name = String(levels[prefix.count + 1])
        switch levels[prefix.count] {
        case "status": try status(of: name, message)
        // What the broker has stored is old news.
        case "events": if !message.isRetained { try event(topic, message) }
        case "runs": try run(topic, message)
        default: break
        }
    }

    private func status(of gateway: String, _ message: BorrowedMessage) throws {
        let isOnline = message.payload.elementsEqual("online".utf8)
        let isNews = isOnline ? online.insert(gateway).inserted : online.remove(gateway) != nil
        guard isNews else { return }
        // Whoever has just come is to be asked at once.
        if isOnline { nextQuestion = nil }
        try tell(.gateway(gateway, isOnline: isOnline))
    }

    private func event(_ topic: String, _ message: BorrowedMessage) throws {
        guard let event = PublishedEvent(reader.read(message.payload).value) else {
            return try tell(.unreadable(topic: topic))
        }
        guard seen.insert("\(event.source) \(event.id)") else { return }
        try tell(.event(event, line: EventWatch.line(message)))
    }

    private func run(_ topic: String, _ message: BorrowedMessage) throws {
        let value = reader.read(message.payload).value
        if let change = RunChange(value) {
            guard phenomena.isEmpty || phenomena.contains(change.phenomenon) else { return }
            return try tell(.run(change, line: EventWatch.line(message)))
        }
        guard case .map(let map) = value, case .string(let gateway)? = map["gateway"],
            case .double(let count)? = map["left_out"]
        else { return try tell(.unreadable(topic: topic)) }
        try tell(.leftOut(gateway: gateway, count: Int(clamping: Int64(exactly: count) ?? 0)))
    }

    private static func line(_ message: BorrowedMessage) -> [UInt8] {
        var json = JSONWriter(capacity: message.payload.count)
        json.raw(message: Array(message.payload))
        return json.bytes
    }

    /// Asks the gateways that are there for their runs, where it is time to.
    private func ask() throws {
        let now = ContinuousClock.now
        guard watchesRuns, subscription.connection.isConnected, nextQuestion.map({ now >= $0 }) ?? true,
            !online.isEmpty
        else { return }
        nextQuestion = now + EventWatch.interval
        for gateway in online.sorted() {
            guard let topic = try? TopicName((prefix + ["watch", Substring(gateway)]).joined(separator: "/")) else {
                continue
            }
            // One that cannot be sent now is followed by another.
            _ = try? subscription.connection.connection.publish(topic, [])
        }
    }
}

/// The identifiers that came last, some tens of thousands.
private struct RecentIdentifiers {
    private static let half = 50_000

    private var recent: Set<String> = []
    private var former: Set<String> = []

    /// - Returns: whether it is new.
    mutating func insert(_ identifier: String) -> Bool {
        guard !former.contains(identifier), recent.insert(identifier).inserted else { return false }
        if recent.count >= RecentIdentifiers.half {
            former = recent
            recent = []
        }
        return true
    }
}
