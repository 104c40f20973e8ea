import BoboMQTT
import BoboTopics
import Logging

/// The connection that reads the sensors: what it subscribes to, and which of the messages count.
///
/// What is wanted comes in parts, by name: the partitions that this gateway reads, or all of a lone one. All parts together
/// give one plan of subscriptions, which changes step by step: what is new is subscribed, then messages are judged by the
/// new plan, then what is no longer wanted goes.
final class SensorReading {
    /// Told of what the broker does, within reading.
    struct Handlers {
        /// A message that counts, in libmosquitto's memory.
        var onMessage: (_ topic: String, _ name: TopicName, BorrowedMessage) -> Void = { _, _, _ in }
        /// A message on one of the gateway's own topics.
        var onOwn: (_ topic: String, _ payload: [UInt8]) -> Void = { _, _ in }
        var onConnected: (_ hasSession: Bool) -> Void = { _ in }
        var onLost: () -> Void = {}
        var onSubscribed: (_ part: String) -> Void = { _ in }
        var onUnsubscribed: (_ part: String) -> Void = { _ in }
        var onOwnSubscribed: () -> Void = {}
    }

    let link: Link
    var handlers = Handlers()
    private let logger: Logger
    private let maximumPayload: Int
    /// The gateway's own topic on this connection: its marks.
    private let own: TopicFilter?
    private let prefix: String
    private var wanted: [String: Part] = [:]
    /// Parts that are to be let go, with their cuts.
    private var leaving: [String: TopicFilter?] = [:]
    private var plan = SubscriptionPlan([], identifiers: false)
    /// What any part may have subscribed in an earlier life, whose session the broker has kept.
    private var possible: [WantedFilter]
    private var possiblePlan = SubscriptionPlan([], identifiers: false)
    private var next: (plan: SubscriptionPlan, leaving: [String: TopicFilter?])?
    private var routes: [String: Route] = [:]
    private var duplicates = RedeliveryFilter()
    private var unanswered: Set<MessageID> = []
    private var ownSubscription: MessageID?
    private var going: [MessageID: [String]] = [:]
    private var hasConnected = false
    /// Retained messages are news only after the start.
    private var takesRetained = true

    private(set) var unwanted = 0
    private(set) var redelivered = 0
    private(set) var tooLarge = 0

    private struct Part {
        let filters: [WantedFilter]
        /// Subscribed besides: the partition's cut.
        let cut: TopicFilter?
        var isSubscribed = false
    }

    private struct Route {
        let route: TopicRoute
        let name: TopicName
    }

    private static let maximumTopics = 200_000

    /// - Parameters:
    ///   - own: a topic of the gateway's own, subscribed before all else; nil for a lone gateway.
    ///   - possible: the filters of all parts that there may be.
    init(
        _ link: Link, own: TopicFilter?, possible: [WantedFilter], prefix: String, maximumPayload: Int, logger: Logger
    ) {
        self.link = link
        self.possible = possible
        self.own = own
        self.prefix = prefix + "/"
        self.maximumPayload = maximumPayload
        self.logger = logger
        link.onEvent = { [weak self] event in self?.handle(event) }
    }

    /// Whether all subscriptions are made.
    var isReady: Bool { link.isConnected && next == nil && ownSubscription == nil }

    private func handle(_ event: ConnectionEvent) {
        switch event {
        case .message(let message): take(message)
        case .connected(let hasSession): connected(hasSession)
        case .disconnected:
            unanswered = []
            going = [:]
            ownSubscription = nil
            handlers.onLost()
        case .subscribed(let identifier, let codes): subscribed(identifier, codes)
        case .unsubscribed(let identifier): going.removeValue(forKey: identifier)?.forEach(handlers.onUnsubscribed)
        case .fellBack, .published: break
        }
    }

    // MARK: Subscriptions

    /// What is wanted now.
    var parts: [String] { wanted.keys.sorted() }

    /// Adds a part, or replaces its filters; `onSubscribed` follows.
    /// - Parameter cut: a topic that is subscribed with it.
    func subscribe(_ part: String, to filters: [WantedFilter], cut: TopicFilter? = nil) {
        leaving[part] = nil
        wanted[part] = Part(filters: filters, cut: cut)
        advance()
    }

    /// `onUnsubscribed` follows. Where nothing else is under way, the broker is asked at once, so that this is written
    /// together with the acknowledgments of what has been read: that of a cut among them.
    func unsubscribe(_ part: String) {
        guard let gone = wanted.removeValue(forKey: part) else { return handlers.onUnsubscribed(part) }
        leaving.updateValue(gone.cut, forKey: part)
        advance()
    }

    private var target: SubscriptionPlan {
        SubscriptionPlan(
            wanted.keys.sorted().flatMap { wanted[$0]?.filters ?? [] },
            identifiers: link.connection.hasSubscriptionIdentifiers)
    }

    private func connected(_ hasSession: Bool) {
        handlers.onConnected(hasSession)
        // All anew, whatever the session has: what is subscribed twice is subscribed once.
        next = nil
        plan = SubscriptionPlan([], identifiers: false)
        for part in wanted.keys { wanted[part]?.isSubscribed = false }
        leaving = [:]
        takesRetained = !hasConnected
        hasConnected = true
        routes = [:]
        possiblePlan = SubscriptionPlan(possible, identifiers: link.connection.hasSubscriptionIdentifiers)
        do throws(RequestError) {
            if let own { ownSubscription = try link.connection.subscribe(own, retainHandling: .doNotSend) }
        } catch {
            logger.warning("subscribing failed: \(error)")
        }
        advance()
    }

    /// Takes the next step to what is wanted now.
    private func advance() {
        guard link.isConnected, next == nil,
            wanted.values.contains(where: { !$0.isSubscribed }) || !leaving.isEmpty || plan != target
        else { return }
        let target = target
        next = (target, leaving)
        leaving = [:]
        do throws(RequestError) {
            for subscription in target.changes(from: plan).subscribe {
                unanswered.insert(
                    try link.connection.subscribe(
                        subscription.filter, qos: subscription.qos, identifier: subscription.identifier,
                        retainHandling: takesRetained ? .send : .doNotSend))
            }
            for cut in wanted.values.filter({ !$0.isSubscribed }).compactMap(\.cut) {
                unanswered.insert(try link.connection.subscribe(cut, retainHandling: .doNotSend))
            }
        } catch {
            logger.warning("subscribing failed: \(error)")
        }
        if unanswered.isEmpty { arrive() }
    }

    private func subscribed(_ identifier: MessageID, _ codes: [ReasonCode]) {
        for code in codes where code.rawValue >= 0x80 {
            logger.error("the broker refuses a subscription: \(code)")
        }
        if identifier == ownSubscription {
            ownSubscription = nil
            handlers.onOwnSubscribed()
        }
        guard unanswered.remove(identifier) != nil, unanswered.isEmpty else { return }
        arrive()
    }

    /// The broker has answered all that leads to the next plan.
    private func arrive() {
        guard let next else { return }
        let old = plan
        plan = next.plan
        self.next = nil
        routes = [:]
        leave(next.leaving, plan.changes(from: old).unsubscribe)
        let planned = Set(plan.subscriptions.map(\.filter))
        for part in wanted.keys.sorted() where wanted[part]?.isSubscribed == false {
            guard let filters = wanted[part]?.filters,
                filters.allSatisfy({ filter in planned.contains { $0.covers(filter.filter) } })
            else { continue }
            wanted[part]?.isSubscribed = true
            handlers.onSubscribed(part)
        }
        advance()
    }

    /// Asks the broker for the end of these subscriptions, and of the cuts of the parts that go.
    private func leave(_ parts: [String: TopicFilter?], _ filters: [TopicFilter]) {
        var last: MessageID?
        do throws(RequestError) {
            for filter in filters + parts.values.compactMap(\.self) { last = try link.connection.unsubscribe(filter) }
        } catch {
            logger.warning("unsubscribing failed: \(error)")
        }
        if let last { going[last] = parts.keys.sorted() } else { parts.keys.sorted().forEach(handlers.onUnsubscribed) }
    }

    /// There are other parts now: what the broker has stored is no news to them.
    func replace(possible: [WantedFilter]) {
        endStart()
        self.possible = possible
        possiblePlan = SubscriptionPlan(possible, identifiers: link.connection.hasSubscriptionIdentifiers)
        routes = [:]
    }

    /// The start is over: what the broker has stored is no news any more.
    func endStart() { takesRetained = false }

    // MARK: Messages

    private func take(_ message: BorrowedMessage) {
        let topic = String(cString: message.topic)
        if own != nil, topic.hasPrefix(prefix) {
            if !message.isRetained { handlers.onOwn(topic, Array(message.payload)) }
            return
        }
        guard let route = route(topic), route.route.counts(message.subscriptionIdentifiers) else {
            unwanted += 1
            return
        }
        if message.qos == .atLeastOnce, duplicates.isRedelivered(message) {
            redelivered += 1
            return
        }
        guard !message.isRetained || takesRetained else { return }
        guard message.payload.count <= maximumPayload else {
            tooLarge += 1
            return
        }
        handlers.onMessage(topic, route.name, message)
    }

    private func route(_ topic: String) -> Route? {
        if let route = routes[topic] { return route }
        guard let name = try? TopicName(topic) else { return nil }
        var counts = plan.route(of: name)
        if counts == .unwanted { counts = possiblePlan.route(of: name) }
        let route = Route(route: counts, name: name)
        if routes.count >= SensorReading.maximumTopics { routes.removeAll() }
        routes[topic] = route
        return route
    }
}
