import BoboMQTT
import BoboTopics
import Glibc

/// A test's own client of a broker, connected; it is driven while the test waits for something.
final class BrokerClient {
    struct Message: Hashable {
        var topic: String
        var payload: [UInt8]
        var isRetained = false

        init(_ topic: String, _ text: String, isRetained: Bool = false) {
            self.init(topic, Array(text.utf8), isRetained: isRetained)
        }

        init(_ topic: String, _ payload: [UInt8], isRetained: Bool = false) {
            self.topic = topic
            self.payload = payload
            self.isRetained = isRetained
        }

        var text: String { String(decoding: payload, as: UTF8.self) }
    }

    /// In the order in which they came.
    private(set) var messages: [Message] = []
    private let connection: Connection
    private var answered: Set<MessageID> = []
    private var isLost = false

    init(_ options: ConnectionOptions) throws {
        connection = try Connection(options)
        connection.onEvent = { [unowned self] in take($0) }
        try connection.connect()
        try wait(for: "connection") { connection.isConnected }
    }

    private func take(_ event: ConnectionEvent) {
        switch event {
        case .disconnected: isLost = true
        case .subscribed(let id, _), .published(let id, _): answered.insert(id)
        case .message(let message):
            messages.append(
                Message(String(cString: message.topic), Array(message.payload), isRetained: message.isRetained))
        default: break
        }
    }

    func subscribe(_ filter: String) throws {
        let id = try connection.subscribe(TopicFilter(filter))
        try wait(for: "answer to the subscription") { answered.contains(id) }
    }

    /// Publishes at QoS 1, and waits for the acknowledgment.
    func publish(_ topic: String, _ text: String, retain: Bool = false) throws {
        try publish(topic, Array(text.utf8), retain: retain)
    }

    func publish(_ topic: String, _ payload: [UInt8], retain: Bool = false) throws {
        let id = try connection.publish(TopicName(topic), payload, retain: retain)
        answered.remove(id)
        try wait(for: "acknowledgment") { answered.contains(id) }
    }

    /// Publishes many at QoS 1, as fast as the broker acknowledges them.
    func publish(_ topic: String, _ texts: some Sequence<String>) throws {
        try publish(topic, texts.map { Array($0.utf8) })
    }

    func publish(_ topic: String, _ payloads: [[UInt8]]) throws {
        let name = try TopicName(topic)
        for payload in payloads {
            try wait(for: "acknowledgments") { connection.unacknowledged < 500 }
            _ = try connection.publish(name, payload)
        }
        try wait(for: "acknowledgments", timeout: .seconds(30)) { connection.unacknowledged == 0 }
    }

    /// Waits for a message on a topic, the first that is like that.
    @discardableResult
    func waitForMessage(
        on topic: String, timeout: Duration = .seconds(10), where isIt: (Message) throws -> Bool = { _ in true }
    ) throws -> Message {
        var found: Message?
        var looked = 0
        try wait(for: "message on \(topic)", timeout: timeout) {
            while found == nil, looked < messages.count {
                if messages[looked].topic == topic, (try? isIt(messages[looked])) == true { found = messages[looked] }
                looked += 1
            }
            return found != nil
        }
        guard let found else { throw TimedOut(waitedFor: topic, timeout: timeout, found: "") }
        return found
    }

    /// What has come on a topic, as JSON.
    func json(on topic: String) throws -> [ReadJSON] {
        try messages.filter { $0.topic == topic }.map { try ReadJSON($0.text) }
    }

    /// What complex events of a phenomenon carry as `data.data`.
    func data(of phenomenon: String) throws -> [ReadJSON] {
        try json(on: "bobo/events/\(phenomenon)").map { $0["data"]["data"] }
    }

    /// Waits till so many complex events of a phenomenon have come.
    ///
    /// - Returns: what they carry as `data.data`.
    @discardableResult
    func waitForData(of phenomenon: String, _ count: Int = 1, timeout: Duration = .seconds(10)) throws -> [ReadJSON] {
        let topic = "bobo/events/\(phenomenon)"
        try wait(for: "\(count) of \(phenomenon)", timeout: timeout) {
            messages.count { $0.topic == topic } >= count
        }
        return try data(of: phenomenon)
    }

    /// Waits till so many messages have come.
    func waitForMessages(_ count: Int, timeout: Duration = .seconds(10)) throws {
        try wait(for: "\(count) messages", timeout: timeout) { messages.count >= count }
    }

    /// Waits for a message of this text.
    func waitForMessage(_ text: String, timeout: Duration = .seconds(10)) throws {
        try wait(for: "message \(text)", timeout: timeout) { messages.contains { $0.text == text } }
    }

    /// Waits, and takes what comes meanwhile.
    func wait(for what: String, timeout: Duration = .seconds(10), _ isDone: () -> Bool) throws {
        let deadline = ContinuousClock.now + timeout
        while !isDone() {
            guard !isLost, ContinuousClock.now < deadline else {
                throw TimedOut(waitedFor: what, timeout: timeout, found: "\(messages.count) messages, lost: \(isLost)")
            }
            var events = Int16(POLLIN)
            if connection.wantsWrite { events |= Int16(POLLOUT) }
            var polls = [pollfd(fd: connection.descriptor ?? -1, events: events, revents: 0)]
            poll(&polls, 1, 50)
            if polls[0].revents & ~Int16(POLLOUT) != 0 { while connection.read() {} }
            connection.write()
            connection.misc()
        }
    }
}
