package import BoboEngine

/// Whether somebody watches the runs of this gateway, and what is published for him (`mqtt.md`: `bobo/watch/<id>` and
/// `bobo/runs/<id>`). A watcher asks for 30 seconds each time. What comes faster than anybody reads is left out and
/// counted, so that watching is no load.
package struct RunWatching: Sendable {
    /// How long a question holds.
    package static let period = Duration.seconds(30)
    /// Changes a second that are told; as many may come at once after a quiet second.
    static let rate = 500

    /// Where a watcher asks.
    package let watchTopic: String
    /// Where the changes go, one a message, at QoS 0.
    package let runsTopic: String
    private let instance: String
    private var until: Duration?
    private var second = Duration.zero
    private var told = 0
    private var leftOut = 0

    package init(instance: String, prefix: String) {
        self.instance = instance
        watchTopic = "\(prefix)/watch/\(instance)"
        runsTopic = "\(prefix)/runs/\(instance)"
    }

    /// Somebody has asked.
    /// - Parameter now: of a clock that does not go back.
    package mutating func ask(at now: Duration) { until = now + RunWatching.period }

    package func isWatched(at now: Duration) -> Bool { until.map { now < $0 } ?? false }

    /// What is to be published of the changes, in order; nothing where nobody watches.
    package mutating func messages(_ changes: [Change], at now: Duration) -> [[UInt8]] {
        guard isWatched(at: now) else { return [] }
        if now - second >= .seconds(1) {
            second = now
            told = 0
        }
        var messages: [[UInt8]] = []
        if leftOut > 0, told < RunWatching.rate, !changes.isEmpty {
            messages.append(Array("{\"gateway\":\(quoted(instance)),\"left_out\":\(leftOut)}".utf8))
            leftOut = 0
        }
        for change in changes {
            guard told < RunWatching.rate else {
                leftOut += 1
                continue
            }
            told += 1
            messages.append(RunChangeLine(change, gateway: instance).json)
        }
        return messages
    }

    private func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.write(text)
        return json.text
    }
}
