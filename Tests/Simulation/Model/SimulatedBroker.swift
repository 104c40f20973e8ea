import BoboTopics
import DequeModule

/// A broker as mosquitto is one: one order for all, sessions that keep QoS 1 messages until they are acknowledged, wills,
/// retained messages.
final class SimulatedBroker {
    private struct Session {
        let isKept: Bool
        var filters: Set<String> = []
        /// Sent, or to be sent on the next connection, and not acknowledged.
        var unacknowledged = Deque<(id: Int, publication: Publication)>()
        var connection: Connection?
        var will: Publication?
        var nextID = 0
        /// The number of its last connection, so that an old expiry does not end a new wait.
        var number = 0
    }

    private let schedule: Schedule
    private var sessions: [String: Session] = [:]
    /// In the order in which the clients came first, so that a run is the same each time.
    private var order: [String] = []
    private var retained: [String: Publication] = [:]
    private(set) var isUp = true
    private var matching: [String: Set<String>] = [:]
    private var filters: [String: TopicFilter] = [:]
    var trace: (() -> String) -> Void = { _ in }
    private var connections = 0
    /// For so long a session without its client is kept.
    private let sessionExpiry: Duration
    /// Told of what an expired session still held.
    var onExpiry: (String, [Publication]) -> Void = { _, _ in }
    /// Told of each publication, in the broker's order.
    var onPublication: (Publication) -> Void = { _ in }
    /// Told of what is handed to the sessions that are kept.
    var onHandedOut: (Publication, [String]) -> Void = { _, _ in }

    init(_ schedule: Schedule, sessionExpiry: Duration) {
        self.schedule = schedule
        self.sessionExpiry = sessionExpiry
    }

    // MARK: Connections

    func take(_ packet: UpPacket, of connection: Connection, isKept: Bool, will: Publication?) {
        guard isUp, connection.isOpen else { return }
        let client = connection.client
        if case .connect = packet { return connect(connection, isKept: isKept, will: will) }
        guard sessions[client]?.connection === connection else { return }
        switch packet {
        case .connect: break
        case .subscribe(let filters, let token):
            sessions[client]?.filters.formUnion(filters)
            trace { "the broker has \(client) subscribe to \(filters)" }
            connection.down?.send(.subscribed(token: token))
            guard !isKept else { return }
            for filter in filters {
                for (topic, publication) in retained.sorted(by: { $0.key < $1.key }) where matches(filter, topic) {
                    hand(publication, to: client, isRetained: true)
                }
            }
        case .unsubscribe(let filters, let token):
            sessions[client]?.filters.subtract(filters)
            trace { "the broker has \(client) unsubscribe from \(filters)" }
            connection.down?.send(.unsubscribed(token: token))
        case .publish(let publication, let id):
            publish(publication)
            connection.down?.send(.published(id: id))
        case .acknowledge(let id):
            if let place = sessions[client]?.unacknowledged.firstIndex(where: { $0.id == id }) {
                sessions[client]?.unacknowledged.remove(at: place)
            }
        case .disconnect(let sessionEnds):
            sessions[client]?.will = nil
            lose(connection)
            if sessionEnds { sessions[client] = nil }
        case .closed: lose(connection)
        }
    }

    private func connect(_ connection: Connection, isKept: Bool, will: Publication?) {
        let client = connection.client
        if let former = sessions[client]?.connection {
            former.down?.send(.closed)
            lose(former)
        }
        if !order.contains(client) { order.append(client) }
        let hasSession = isKept && sessions[client] != nil
        if !hasSession { sessions[client] = Session(isKept: isKept) }
        sessions[client]?.connection = connection
        connections += 1
        sessions[client]?.number = connections
        sessions[client]?.will = will
        connection.down?.send(.connected(hasSession: hasSession))
        for (id, publication) in sessions[client]?.unacknowledged ?? [] {
            connection.down?.send(.message(publication, id: id, isRepeated: true, isRetained: false))
        }
    }

    /// The connection is no more; the broker publishes the client's will.
    func lose(_ connection: Connection) {
        guard connection.isOpen else { return }
        connection.isOpen = false
        let client = connection.client
        guard let session = sessions[client], session.connection === connection else { return }
        sessions[client]?.connection = nil
        sessions[client]?.will = nil
        if session.isKept { expire(client, session.number) } else { sessions[client] = nil }
        if let will = session.will { publish(will) }
    }

    private func expire(_ client: String, _ number: Int) {
        schedule.after(sessionExpiry) { [weak self] in
            guard let self, let session = sessions[client], session.connection == nil, session.number == number else {
                return
            }
            trace { "the session of \(client) expires" }
            sessions[client] = nil
            onExpiry(client, session.unacknowledged.map(\.publication))
        }
    }

    // MARK: Publications

    /// In the broker's one order.
    func publish(_ publication: Publication) {
        onPublication(publication)
        if publication.isRetained { retained[publication.topic] = publication }
        let filters = self.matching(publication.topic)
        var kept: [String] = []
        for client in order {
            guard let session = sessions[client], !session.filters.isDisjoint(with: filters) else { continue }
            if session.isKept { kept.append(client) }
            hand(publication, to: client, isRetained: false)
        }
        if !kept.isEmpty { onHandedOut(publication, kept) }
    }

    private func hand(_ publication: Publication, to client: String, isRetained: Bool) {
        guard var session = sessions.removeValue(forKey: client) else { return }
        session.nextID += 1
        session.unacknowledged.append((session.nextID, publication))
        session.connection?.down?.send(
            .message(publication, id: session.nextID, isRepeated: false, isRetained: isRetained))
        sessions[client] = session
    }

    private func matching(_ topic: String) -> Set<String> {
        if let known = matching[topic] { return known }
        let found = Set(filters.keys.filter { matches($0, topic) })
        matching[topic] = found
        return found
    }

    private func matches(_ filter: String, _ topic: String) -> Bool {
        guard let name = try? TopicName(topic), let filter = filters[filter] ?? (try? TopicFilter(filter)) else {
            return false
        }
        return filter.matches(name)
    }

    /// All filters that clients will use.
    func know(_ filters: [String]) {
        for filter in filters { self.filters[filter] = try? TopicFilter(filter) }
        matching = [:]
    }

    // MARK: Stopping

    /// Mosquitto sends all wills when it is stopped in order.
    func stop() {
        for client in order {
            guard let connection = sessions[client]?.connection else { continue }
            lose(connection)
            connection.down?.send(.closed)
        }
        isUp = false
    }

    /// All that it holds is lost.
    func kill() {
        for client in order { sessions[client]?.connection?.down?.send(.closed) }
        for client in order { sessions[client]?.connection?.isOpen = false }
        sessions = [:]
        retained = [:]
        isUp = false
    }

    func start() { isUp = true }
}
