import BoboEngine
import Logging

/// Keeps what Home Assistant is told true: when the gateway connects, when its patterns or those of another gateway change,
/// and whenever Home Assistant says that it is there.
///
/// What no gateway's patterns have any longer is taken back by a component that names nothing but its kind. Home Assistant
/// listens to that only for what it has been told of since its own start; so the names of what is gone stay in the message,
/// which the broker keeps, and when Home Assistant starts the next time they are told of once more and taken back again.
final class HomeAssistantAnnouncer {
    typealias Message = HomeAssistantDiscovery.Message

    /// Of what went before, so much stays in the message.
    private static let maximumGone = 200
    static let maximumGateways = 100
    /// Home Assistant passes over parts of a message that comes while it is at work on the one before, so the last one is
    /// said again.
    private static let repetitions: [Duration] = [.seconds(2), .seconds(6)]
    /// By then what the broker has stored is here, and a gateway that has told of itself has told of the shared device.
    private static let pause = Duration.milliseconds(500)
    /// Gateways that do not agree, whatever the reason, contradict each other no more often.
    private static let truce = Duration.seconds(60)

    private let configuration: Configuration
    private let logger: Logger
    private var discovery: HomeAssistantDiscovery
    /// What was told of the shared device last, by whomever.
    private var told = ToldDevice(nil)
    /// What this gateway told of it last.
    private var said: (hash: Int, told: ToldDevice)?
    /// What was told of and is no more, in the order in which it went.
    private var gone: [String] = []
    /// What is gone is to be told of once more: Home Assistant has started.
    private var isReviving = false
    /// Before that nothing is told: what others have told is heard first.
    private var listensUntil: Duration?
    /// When all is to be told.
    private var dueAt: Duration?
    /// When it is looked at whether what was told last of the shared device is so.
    private var lookAt: Duration?
    private var repeatAt: [Duration] = []
    private var corrected: (present: Set<String>, at: Duration)?

    init(_ configuration: Configuration, _ phenomena: [Phenomenon], logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        discovery = HomeAssistantDiscovery(configuration, phenomena)
    }

    var names: HomeAssistantNames { discovery.names }

    // MARK: What happens

    /// The connection is up. What the broker has stored comes next.
    func connected(at now: Duration) {
        (discovery.others, discovery.away) = ([:], [])
        told = ToldDevice(nil)
        said = nil
        (dueAt, listensUntil) = (now, now + HomeAssistantAnnouncer.pause)
    }

    /// The patterns are others now.
    func replace(_ phenomena: [Phenomenon], at now: Duration) {
        let before = discovery
        discovery = HomeAssistantDiscovery(configuration, phenomena)
        (discovery.others, discovery.away) = (before.others, before.away)
        discovery.dismissed = before.dismissed.union(before.own.components.subtracting(discovery.own.components))
        dueAt = now
    }

    /// Home Assistant has started.
    func heardBirth(at now: Duration) {
        logger.debug("Home Assistant is there: telling it what there is")
        isReviving = true
        dueAt = now
    }

    /// Something was told of the shared device.
    /// - Parameters:
    ///   - hash: of the message.
    ///   - read: reads it.
    func heardDevice(_ hash: Int, at now: Duration, read: () -> ToldDevice) {
        if let said, said.hash == hash { told = said.told } else { told = read() }
        discovery.dismissed.formUnion(told.gone)
        heardSomething(at: now)
    }

    /// - Parameters:
    ///   - shown: nil: it tells of nothing any more.
    ///   - isStored: whether the broker had it.
    func heardGateway(_ instance: String, _ shown: ShownPhenomena?, isStored: Bool, at now: Duration) {
        if instance == names.instance {
            if let shown, isStored {
                // Of the life before this one.
                discovery.dismissed.formUnion(shown.components.subtracting(discovery.own.components))
            } else if shown == nil {
                // Whoever deletes the device of a gateway that lives gets it back, before the others take its share away.
                dueAt = now
            }
            return
        }
        guard discovery.others[instance] != nil || discovery.others.count < HomeAssistantAnnouncer.maximumGateways
        else { return }
        discovery.others[instance] = shown
        if !isStored { discovery.away.remove(instance) }
        heardSomething(at: now)
    }

    /// A gateway is not there. It is back when it tells of itself: its patterns may be others then.
    func heardAway(_ instance: String) {
        if discovery.away.count < HomeAssistantAnnouncer.maximumGateways { discovery.away.insert(instance) }
    }

    private func heardSomething(at now: Duration) {
        lookAt = now + HomeAssistantAnnouncer.pause
        // More of what is stored may follow.
        if let until = listensUntil { listensUntil = max(until, now + HomeAssistantAnnouncer.pause / 2) }
    }

    // MARK: What is told

    var nextDueAt: Duration? {
        let next = [dueAt, lookAt, repeatAt.first].compactMap(\.self).min()
        guard let listensUntil, let next else { return next }
        return max(next, listensUntil)
    }

    /// What is to be published now, retained, in this order.
    func messages(at now: Duration) -> [Message] {
        guard let due = nextDueAt, due <= now else { return [] }
        listensUntil = nil
        if dueAt != nil {
            (dueAt, lookAt) = (nil, nil)
            defer { isReviving = false }
            return [device(revived: isReviving, at: now), discovery.gatewayMessage]
        }
        if let look = lookAt, look <= now {
            lookAt = nil
            return corrections(at: now)
        }
        repeatAt.removeFirst()
        return [device()]
    }

    private func corrections(at now: Duration) -> [Message] {
        guard told.present != discovery.components else { return [] }
        if let corrected, corrected.present == told.present, now < corrected.at + HomeAssistantAnnouncer.truce {
            lookAt = corrected.at + HomeAssistantAnnouncer.truce
            return []
        }
        logger.debug("Home Assistant was told of other phenomena than there are: telling it again")
        corrected = (told.present, now)
        return [device(at: now)]
    }

    /// - Parameters:
    ///   - revived: What is gone is told of once more; it is taken back with the first repetition.
    ///   - now: nil for a repetition.
    private func device(revived: Bool = false, at now: Duration? = nil) -> Message {
        let components = discovery.components
        let before = gone + told.gone.subtracting(gone).sorted()
        let going = told.present.subtracting(components).subtracting(before).sorted()
        gone = (going.isEmpty ? before : before.suffix(HomeAssistantAnnouncer.maximumGone) + going)
            .filter { !components.contains($0) }
        if let now { repeatAt = gone.isEmpty ? [] : HomeAssistantAnnouncer.repetitions.map { now + $0 } }
        let message = discovery.deviceMessage(gone: gone, revived: revived)
        discovery.dismissed.subtract(components)
        told = ToldDevice(present: components, gone: gone)
        said = (message.payload.hashValue, told)
        return message
    }
}
