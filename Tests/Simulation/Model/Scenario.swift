import BoboTopics

/// What happens in a simulation besides the sensors' messages.
package enum Family: String, CaseIterable, Sendable {
    case calm, drop, block, slow, kill, pause, absence, clock, brokerStop, brokerKill, replay, stop, overlap

    /// Whether, with two readers of each message, nothing is lost and nothing false.
    var keepsAllWithTwoCopies: Bool {
        switch self {
        case .calm, .replay, .kill, .pause, .stop: true
        default: false
        }
    }

    var hasFaults: Bool { self != .calm && self != .replay }

    /// Whether nothing is late or lost by it.
    var isHarmless: Bool { self == .calm || self == .replay }
}

/// How a simulation is set up; drawn from its seed.
struct Scenario {
    let family: Family
    let seed: UInt64
    let gateways: [String]
    let copies: Int
    /// Whether sensors give their messages identifiers of their own.
    let hasIdentifiers: Bool
    let hasTimestamps: Bool
    /// Of partitions: by what is measured, so that patterns cross them, or by room.
    let partitions: [String]
    let keepsPeerMessages: Bool
    /// Real times are divided by that.
    let scale: Double
    let rememberAge: Duration
    /// When the sensors begin, and end.
    let begin = Duration.seconds(12)
    let end: Duration
    /// By then all faults are healed.
    let healed: Duration
    let over: Duration
    let rate: Double

    /// For a play: nothing is left to chance but delays.
    init(_ setup: PlaySetup) {
        family = .overlap
        seed = setup.seed
        gateways = Array(["a", "b", "c", "d"].prefix(setup.gateways))
        copies = setup.copies
        hasIdentifiers = setup.hasIdentifiers
        hasTimestamps = setup.hasTimestamps
        partitions = setup.isDividedByRoom ? Scenario.byRoom : Scenario.byKind
        keepsPeerMessages = false
        scale = 10
        rememberAge = .seconds(60)
        end = .seconds(1_000_000)
        healed = end
        over = end
        rate = 0
    }

    static let byKind = ["home/+/a", "home/+/b", "home/+/c", "home/+/d"]
    static let byRoom = (0..<Workload.rooms).map { "home/r\($0)/#" }

    init(family: Family, seed: UInt64, minutes: Double, _ random: inout SeededRandom) {
        self.family = family
        self.seed = seed
        let count = [2, 3, 3, 3, 4][Int.random(in: 0..<5, using: &random)]
        gateways = Array(["a", "b", "c", "d"].prefix(count))
        copies = random.happens(0.5) ? 2 : 1
        hasIdentifiers = copies == 2 || random.happens(0.5)
        hasTimestamps = random.happens(0.4)
        let crosses = random.happens(0.75)
        partitions = crosses ? Scenario.byKind : Scenario.byRoom
        keepsPeerMessages = random.happens(0.5)
        scale = 10
        rememberAge = .seconds(60)
        let length = max(60, minutes * 60)
        let heal = 75.0
        end = .seconds(length - heal > 45 ? length - heal : 60) + .seconds(12)
        healed = end - .seconds(15)
        over = end + .seconds(heal)
        rate = 160.0 / max(60, end.seconds - 12)
    }
}
