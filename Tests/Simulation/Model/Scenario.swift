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

    /// Whether a gateway may be away for so long that its session expires.
    var mayExpire: Bool { self == .absence || self == .overlap }

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
    /// Who reads what is fixed, and passes to nobody.
    let isFixed: Bool
    /// So many changed runs wait for a peer before it gets the full state instead.
    let stashLimit: Int
    /// In bytes.
    let messageLimit: Int
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
        isFixed = setup.isFixed
        stashLimit = setup.stashLimit
        messageLimit = setup.hasSmallMessages ? Scenario.smallMessages : Scenario.largeMessages
        scale = 10
        rememberAge = .seconds(60)
        end = .seconds(1_000_000)
        healed = end
        over = end
        rate = 0
    }

    private static let largeMessages = 256 << 10
    private static let smallMessages = 3000
    private static let manyRuns = 10_000

    /// Whether no RESYNC need be sent where nothing fails.
    var stashIsLarge: Bool { stashLimit >= Scenario.manyRuns }

    /// What a gateway reads, where that is fixed.
    func fixed(_ gateway: String) -> [String] {
        guard isFixed, let place = gateways.firstIndex(of: gateway) else { return [] }
        return partitions.enumerated().filter { $0.offset % gateways.count == place }.map(\.element)
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
        isFixed = copies == 1 && random.happens(0.2)
        stashLimit = random.happens(0.15) ? 5 : Scenario.manyRuns
        messageLimit = random.happens(0.15) ? Scenario.smallMessages : Scenario.largeMessages
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
