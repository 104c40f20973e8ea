import BoboMQTT
import BoboTopics
import Logging

/// The connection that reads the sensors: what it subscribes to, and which of the messages count. What is read without end
/// is subscribed as soon as the connection is up; the partitions come and go.
final class SensorReading {
    /// Told of what the broker does, within reading.
    struct Handlers {
        /// A message that counts, in libmosquitto's memory.
        var onMessage: (_ topic: String, _ partition: String?, _ isState: Bool, BorrowedMessage) -> Void = {
            _, _, _, _ in
        }
        /// A message on one of the gateway's own topics.
        var onOwn: (_ topic: String, _ payload: [UInt8]) -> Void = { _, _ in }
        var onConnected: (_ hasSession: Bool) -> Void = { _ in }
        var onLost: () -> Void = {}
        var onSubscribed: (_ partition: String) -> Void = { _ in }
        var onUnsubscribed: (_ partition: String) -> Void = { _ in }
        var onOwnSubscribed: () -> Void = {}
    }

    /// What a request to the broker is for.
    private enum Request: Hashable {
        /// The gateway's own topic.
        case own
        case always
        case partition(String)
        case end(of: String)
        /// The patterns have changed.
        case change
    }

    let link: Link
    var handlers = Handlers()
    private let logger: Logger
    private let maximumPayload: Int
    /// The gateway's own topic on this connection: its marks. nil for a lone gateway.
    private let own: TopicFilter?
    private let prefix: String
    private var partitioning: Partitioning
    private var plan: ReadingPlan
    /// Other patterns' plan, until all that it asks for is subscribed; messages are judged by the one before till then.
    private var next: ReadingPlan?
    private var partitions: Set<String> = []
    private var routes: [String: MessageRoute] = [:]
    private var duplicates = RedeliveryFilter()
    private var unanswered: [MessageID: Request] = [:]
    /// How many of a request's questions the broker has still to answer.
    private var open: [Request: Int] = [:]
    private var hasConnected = false
    /// Retained messages are news only after the start.
    private var takesRetained = true

    /// Whether the gateway ends: nothing more is taken.
    private var isEnding = false

    private(set) var unwanted = 0
    private(set) var redelivered = 0
    private(set) var tooLarge = 0

    private static let maximumTopics = 200_000

    init(
        _ link: Link, _ partitioning: Partitioning, own: TopicFilter?, prefix: String, maximumPayload: Int,
        logger: Logger
    ) {
        self.link = link
        self.partitioning = partitioning
        plan = ReadingPlan(partitioning, identifiers: false)
        self.own = own
        self.prefix = prefix + "/"
        self.maximumPayload = maximumPayload
        self.logger = logger
        link.onEvent = { [weak self] event in self?.handle(event) }
    }

    /// Whether all subscriptions are made.
    var isReady: Bool { link.isConnected && unanswered.isEmpty }

    private func handle(_ event: ConnectionEvent) {
        switch event {
        case .message(let message): take(message)
        case .connected(let hasSession): connected(hasSession)
        case .disconnected:
            unanswered = [:]
            open = [:]
            handlers.onLost()
        case .subscribed(let identifier, let codes):
            for code in codes where code.rawValue >= 0x80 { logger.error("the broker refuses a subscription: \(code)") }
            answered(identifier)
        case .unsubscribed(let identifier): answered(identifier)
        case .fellBack, .published: break
        }
    }

    // MARK: Subscriptions

    /// `onSubscribed` follows.
    /// - Parameter cut: a topic that is subscribed with it.
    func subscribe(_ partition: String, cut: TopicFilter?) {
        partitions.insert(partition)
        ask(for: .partition(partition), plan.subscriptions(of: partition), [cut].compactMap(\.self))
    }

    /// `onUnsubscribed` follows. The broker is asked at once, so that this is written together with the acknowledgments of
    /// what has been read: that of a cut among them.
    func unsubscribe(_ partition: String, cut: TopicFilter?) {
        partitions.remove(partition)
        ask(forEnd: .end(of: partition), plan.unsubscriptions(of: partition) + [cut].compactMap(\.self))
    }

    /// The patterns have changed. What the broker has stored is no news to them.
    func replace(_ partitioning: Partitioning) {
        endStart()
        self.partitioning = partitioning
        guard link.isConnected else { return }
        let next = ReadingPlan(partitioning, identifiers: link.connection.hasSubscriptionIdentifiers)
        self.next = next
        ask(for: .change, next.changes(from: plan, reading: partitions).subscribe)
    }

    private func connected(_ hasSession: Bool) {
        plan = ReadingPlan(partitioning, identifiers: link.connection.hasSubscriptionIdentifiers)
        next = nil
        routes = [:]
        if !hasSession { partitions = [] }
        takesRetained = takesRetained && !hasConnected
        hasConnected = true
        // Before what it leads to asks for more.
        handlers.onConnected(hasSession)
        if let own { ask(for: .own, [], [own]) }
        ask(for: .always, plan.always)
    }

    private func ask(for request: Request, _ subscriptions: [ReadingPlan.Subscription], _ others: [TopicFilter] = []) {
        do throws(RequestError) {
            for one in subscriptions {
                let identifier = try link.connection.subscribe(
                    one.filter, qos: one.qos, identifier: one.identifier,
                    retainHandling: takesRetained ? .send : .doNotSend)
                note(identifier, request)
            }
            for filter in others {
                note(try link.connection.subscribe(filter, retainHandling: .doNotSend), request)
            }
        } catch {
            logger.warning("subscribing failed: \(error)")
        }
        if link.isConnected, open[request] == nil { done(request) }
    }

    private func ask(forEnd request: Request, _ filters: [TopicFilter]) {
        do throws(RequestError) {
            for filter in filters { note(try link.connection.unsubscribe(filter), request) }
        } catch {
            logger.warning("unsubscribing failed: \(error)")
        }
        if link.isConnected, open[request] == nil { done(request) }
    }

    private func note(_ identifier: MessageID, _ request: Request) {
        unanswered[identifier] = request
        open[request, default: 0] += 1
    }

    private func answered(_ identifier: MessageID) {
        guard let request = unanswered.removeValue(forKey: identifier), let count = open[request] else { return }
        open[request] = count > 1 ? count - 1 : nil
        if count == 1, !isEnding { done(request) }
    }

    private func done(_ request: Request) {
        switch request {
        case .own: handlers.onOwnSubscribed()
        case .partition(let partition): handlers.onSubscribed(partition)
        case .end(let partition): if !partition.isEmpty { handlers.onUnsubscribed(partition) }
        case .always: break
        case .change:
            guard let next else { return }
            let gone = next.changes(from: plan, reading: partitions).unsubscribe
            plan = next
            self.next = nil
            routes = [:]
            partitions.formIntersection(partitioning.names)
            ask(forEnd: .end(of: ""), gone)
        }
    }

    /// Nothing more is taken: the gateway ends. Once `hasEnded`, the broker has had all acknowledgments that were written
    /// before.
    /// - Parameter unsubscribing: whether nothing more is to come of the broker, either. Else its subscriptions stay.
    func end(unsubscribing: Bool) {
        isEnding = true
        var filters = Set<TopicFilter>()
        if unsubscribing {
            filters.formUnion(plan.subscriptions(reading: partitions).map(\.filter))
            if let own { filters.insert(own) }
        } else if let nothing = try? TopicFilter(prefix + "mark/+/end") {
            // Nobody subscribes to it: what counts is the answer.
            filters.insert(nothing)
        }
        ask(forEnd: .end(of: ""), Array(filters))
    }

    var hasEnded: Bool { isEnding && unanswered.isEmpty }

    /// The start is over: what the broker has stored is no news any more.
    func endStart() { takesRetained = false }

    // MARK: Messages

    private func take(_ message: BorrowedMessage) {
        guard !isEnding else { return }
        let topic = String(cString: message.topic)
        if own != nil, topic.hasPrefix(prefix) {
            if !message.isRetained { handlers.onOwn(topic, Array(message.payload)) }
            return
        }
        let route = route(topic)
        // What the broker has stored comes with the subscription, before any cut.
        let isStored = message.isRetained
        let use = route.use(message.subscriptionIdentifiers) { isStored && takesRetained ? true : acts($0) }
        guard use != .none else {
            unwanted += 1
            return
        }
        if message.qos == .atLeastOnce, duplicates.isRedelivered(message) {
            redelivered += 1
            return
        }
        guard !isStored || takesRetained || route.isState else { return }
        guard message.payload.count <= maximumPayload else {
            tooLarge += 1
            return
        }
        handlers.onMessage(topic, route.partition, use == .state || isStored && !takesRetained, message)
    }

    /// Whether what is read of a partition is acted on.
    var acts: (String) -> Bool = { _ in true }

    private func route(_ topic: String) -> MessageRoute {
        if let route = routes[topic] { return route }
        guard let name = try? TopicName(topic) else { return .unwanted }
        let route = plan.route(of: name)
        if routes.count >= SensorReading.maximumTopics { routes.removeAll() }
        routes[topic] = route
        return route
    }
}
