import BoboEngine
import BoboMQTT
import BoboTopics
import CEL
import Logging

/// Keeps what Home Assistant is told true: when the gateway connects, when its patterns change, and whenever Home Assistant
/// says that it is there.
///
/// What the patterns have no longer is taken back by a component that names nothing but its kind. Home Assistant listens to
/// that only for what it has been told of since its own start; so the names of what is gone stay in the message, which the
/// broker keeps, and when Home Assistant starts the next time they are told of once more and taken back again.
final class HomeAssistantAnnouncer {
    private typealias Gone = HomeAssistantDiscovery.Gone

    /// More that is gone is forgotten.
    private static let maximumGone = 200
    /// Home Assistant passes over parts of a message that comes while it is at work on the one before, so the last one is
    /// said again.
    private static let repetitions: [Duration] = [.seconds(2), .seconds(6)]

    private let configuration: Configuration
    private let logger: Logger
    private let reader = try? PayloadReader()
    private var discovery: HomeAssistantDiscovery
    /// What was told of before, and is no more.
    private var gone: Set<Gone> = []
    /// Those that have been told of once more since Home Assistant's start.
    private var isReviving = false
    private var dueAt: [Duration] = []

    init(_ configuration: Configuration, _ phenomena: [Phenomenon], logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        discovery = HomeAssistantDiscovery(configuration, phenomena)
    }

    /// The patterns are others now.
    func replace(_ phenomena: [Phenomenon]) {
        let before = discovery
        discovery = HomeAssistantDiscovery(configuration, phenomena)
        note(before.components)
    }

    /// What is to be published now, retained, in this order.
    func announcement(at now: Duration) -> [HomeAssistantDiscovery.Message] {
        defer { isReviving = false }
        dueAt = gone.isEmpty ? [] : HomeAssistantAnnouncer.repetitions.map { now + $0 }
        let device = discovery.deviceMessage(gone: Array(gone))
        let revived = isReviving && !gone.isEmpty ? [discovery.deviceMessage(gone: Array(gone), revived: true)] : []
        return revived + (isReviving && !gone.isEmpty ? [] : [device]) + [discovery.gatewayMessage]
    }

    /// What is to be said again, since it may have been passed over.
    func repetition(at now: Duration) -> HomeAssistantDiscovery.Message? {
        guard let due = dueAt.first, due <= now else { return nil }
        dueAt.removeFirst()
        return discovery.deviceMessage(gone: Array(gone))
    }

    var nextDueAt: Duration? { dueAt.first }

    // MARK: What comes in

    /// - Parameter announce: is called when all is to be told again.
    func listener(_ announce: @escaping () -> Void) -> InboxListener {
        let birth = "\(configuration.homeAssistant.prefix)/status"
        let device = discovery.deviceTopic
        let filters = [birth, device].compactMap { try? TopicFilter($0) }
        return InboxListener(filters: filters.map { InboxListener.Wanted(filter: $0, retained: $0.text == device) }) {
            [weak self] topic, message in
            guard let self else { return }
            if topic == birth, !message.isRetained, message.payload.elementsEqual("online".utf8) {
                logger.debug("Home Assistant is there: telling it what there is")
                isReviving = true
                announce()
            } else if topic == device, message.isRetained {
                // What was told before this start.
                if take(message) { announce() }
            }
        }
    }

    /// - Returns: whether there is something to be taken back.
    private func take(_ message: BorrowedMessage) -> Bool {
        guard message.payload.count > 0, let reader, case .map(let told) = reader.read(message.payload).value,
            case .map(let components)? = told["components"]
        else { return false }
        var names: Set<String> = []
        for case .string(let name) in components.keys { names.insert(name) }
        return note(names)
    }

    /// - Parameter told: what Home Assistant may know.
    @discardableResult private func note(_ told: Set<String>) -> Bool {
        let present = discovery.components
        gone = gone.filter { !present.contains($0.identifier) }
        // A name without a point is a phenomenon's.
        let added = told.subtracting(present).map {
            Gone(identifier: $0, platform: $0.contains(".") ? "device_automation" : "event")
        }
        for one in added.sorted(by: { $0.identifier < $1.identifier })
        where gone.count < HomeAssistantAnnouncer.maximumGone {
            gone.insert(one)
        }
        return !added.isEmpty
    }
}
