import BoboMQTT
import BoboTopics
import Glibc
import Testing

/// A connection with a record of what it told, driven by the test.
final class Client {
    struct Message: Equatable {
        var topic: String
        var payload: [UInt8]
        var qos: QoS
        var isRetained = false
        var isDuplicate = false
        var id: MessageID = 0
        var identifiers: [UInt32] = []

        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    let connection: Connection
    /// False: what is queued, acknowledgments among it, stays here.
    var writes = true
    private(set) var connects: [Bool] = []
    private(set) var losses: [ConnectionFailure?] = []
    private(set) var fellBack: ProtocolVersion?
    private(set) var granted: [MessageID: [ReasonCode]] = [:]
    /// How many messages had come when a subscription was granted.
    private(set) var messagesBefore: [MessageID: Int] = [:]
    private(set) var unsubscribed: Set<MessageID> = []
    private(set) var published: [MessageID: ReasonCode] = [:]
    var messages: [Message] = []
    /// The identifiers to look for, since those of a message cannot be listed without knowing them.
    var knownIdentifiers: [UInt32] = []

    init(_ options: ConnectionOptions) throws {
        connection = try Connection(options)
        connection.onEvent = { [unowned self] in take($0) }
    }

    /// A client of this broker, connected.
    convenience init(
        _ broker: EmbeddedBroker, id: String = "test", change: (inout ConnectionOptions) -> Void = { _ in }
    ) throws {
        var options = ConnectionOptions(url: broker.url, clientID: id)
        change(&options)
        try self.init(options)
        try connect()
    }

    private func take(_ event: ConnectionEvent) {
        switch event {
        case .connected(let present): connects.append(present)
        case .fellBack(let version): fellBack = version
        case .disconnected(let failure): losses.append(failure)
        case .subscribed(let id, let codes):
            granted[id] = codes
            messagesBefore[id] = messages.count
        case .unsubscribed(let id): unsubscribed.insert(id)
        case .published(let id, let code): published[id] = code
        case .message(let message):
            messages.append(
                Message(
                    topic: String(cString: message.topic), payload: Array(message.payload), qos: message.qos,
                    isRetained: message.isRetained, isDuplicate: message.isDuplicate, id: message.messageID,
                    identifiers: knownIdentifiers.filter(message.subscriptionIdentifiers.contains)))
        }
    }

    /// The failure with which connecting ends.
    static func failure(_ options: ConnectionOptions) throws -> ConnectionFailure? {
        let client = try Client(options)
        do throws(ConnectionFailure) {
            try client.connection.connect()
        } catch {
            return error
        }
        try client.drive { !client.losses.isEmpty || !client.connects.isEmpty }
        return client.losses.first ?? nil
    }

    func connect() throws {
        let before = connects.count
        try connection.connect()
        try drive { connects.count > before }
    }

    /// Polls till the condition holds.
    func drive(
        timeout: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation, _ isDone: () -> Bool
    ) throws {
        try drive(with: [], timeout: timeout, sourceLocation: sourceLocation, isDone)
    }

    func drive(
        with others: [Client], timeout: Duration = .seconds(10), sourceLocation: SourceLocation = #_sourceLocation,
        _ isDone: () -> Bool
    ) throws {
        let deadline = ContinuousClock.now + timeout
        while !isDone() {
            guard ContinuousClock.now < deadline else {
                Issue.record(
                    "not within \(timeout); losses: \(losses); messages: \(messages.count) \(messages.suffix(20).map { "\($0.topic) \($0.text.prefix(20)) \($0.id) \($0.isDuplicate)" })",
                    sourceLocation: sourceLocation)
                throw TimedOut()
            }
            Client.turn([self] + others)
        }
    }

    /// One round of what the owner of connections does.
    private static func turn(_ clients: [Client]) {
        var polls: [pollfd] = []
        for client in clients {
            let connection = client.connection
            var events = Int16(POLLIN)
            if client.writes, connection.wantsWrite { events |= Int16(POLLOUT) }
            polls.append(pollfd(fd: connection.descriptor ?? -1, events: events, revents: 0))
        }
        poll(&polls, nfds_t(polls.count), 50)
        for (client, result) in zip(clients, polls) {
            if result.revents & ~Int16(POLLOUT) != 0 { while client.connection.read() {} }
            if client.writes, result.revents != 0 || client.connection.wantsWrite { client.connection.write() }
            client.connection.misc()
        }
    }

    @discardableResult
    func subscribe(
        _ filter: String, qos: QoS = .atLeastOnce, identifier: UInt32? = nil, retainHandling: RetainHandling = .send,
        noLocal: Bool = false
    ) throws -> [ReasonCode] {
        let id = try connection.subscribe(
            TopicFilter(filter), qos: qos, identifier: identifier, retainHandling: retainHandling, noLocal: noLocal)
        try drive { granted[id] != nil }
        return granted[id] ?? []
    }

    /// Publishes, and waits for the acknowledgment.
    @discardableResult
    func publish(
        _ topic: String, _ payload: String, qos: QoS = .atLeastOnce, retain: Bool = false
    ) throws -> ReasonCode? {
        try publish(topic, Array(payload.utf8), qos: qos, retain: retain)
    }

    @discardableResult
    func publish(
        _ topic: String, _ payload: [UInt8], qos: QoS = .atLeastOnce, retain: Bool = false
    ) throws -> ReasonCode? {
        let id = try connection.publish(TopicName(topic), payload, qos: qos, retain: retain)
        try drive { published[id] != nil }
        return published[id]
    }

    func disconnect(sessionExpiry: UInt32? = nil) throws {
        let before = losses.count
        connection.disconnect(sessionExpiry: sessionExpiry)
        try drive { losses.count > before }
    }

    /// Breaks the connection as a dead network would.
    func breakConnection() throws {
        let before = losses.count
        if let descriptor = connection.descriptor { shutdown(descriptor, Int32(SHUT_RDWR)) }
        try drive { losses.count > before }
    }
}

struct TimedOut: Error {}
