import BoboEngine
import BoboPeers
import BoboSharing

/// How a play is set up.
package struct PlaySetup: Sendable {
    package var gateways = 3
    package var copies = 1
    package var hasIdentifiers = true
    package var hasTimestamps = false
    /// Each room is one partition; else each kind of message.
    package var isDividedByRoom = false
    /// Who reads what is fixed, and passes to nobody.
    package var isFixed = false
    package var stashLimit = 10_000
    /// A full state takes several messages.
    package var hasSmallMessages = false
    package var seed: UInt64 = 1

    package init() {}
}

/// A simulation in which what happens is said step by step, for tests of one thing.
package final class Play {
    private let world: World
    private let faults = FaultPlan()
    private let invariants: Invariants
    private var count = 0

    package init(_ library: PatternLibrary, _ setup: PlaySetup = PlaySetup()) {
        world = World(Scenario(setup), library, random: SeededRandom(setup.seed), isTraced: true)
        invariants = Invariants(world)
        invariants.watch()
        for gateway in world.gateways { gateway.clock.base = .seconds(1000) }
    }

    /// All gateways are there, ready, and know each other.
    package func startAll() {
        for gateway in world.gateways { gateway.start() }
        run(4)
    }

    package func run(_ seconds: Double) {
        world.schedule.run(until: world.schedule.now + .microseconds(Int64(seconds * 1e6)))
    }

    package var now: Double { world.schedule.now.seconds }

    /// A sensor's message.
    /// - Returns: its number.
    @discardableResult
    package func publish(_ kind: Character, room: Int = 0, value: Int = 5) -> Int {
        let message = SensorMessage(number: count, at: world.schedule.now, room: room, kind: kind, value: value)
        count += 1
        world.publish(message)
        return message.number
    }

    // MARK: What fails

    package func start(_ id: String) { world[id]?.start() }
    package func kill(_ id: String) { world[id]?.kill(losesPower: false) }
    package func stop(_ id: String) { world[id]?.stop() }
    package func pause(_ id: String) { world[id]?.pause() }
    package func goOn(_ id: String) { world[id]?.goOn() }
    package func stopBroker() { world.broker.stop() }
    package func startBroker() { world.startBroker() }

    package func block(
        _ id: String, reading: Bool, peers: Bool, up: Bool = true, down: Bool = true, for seconds: Double
    ) {
        let ways = FaultPlan.Ways(reading: reading, peers: peers, up: up, down: down)
        faults.happen(.block(id, ways, lasts: .microseconds(Int64(seconds * 1e6))), world)
    }

    /// - Parameter noticed: seconds until the gateway itself notices; the broker does at once.
    package func drop(_ id: String, reading: Bool, peers: Bool, noticed: Double = 0) {
        let ways = FaultPlan.Ways(reading: reading, peers: peers)
        let after = Duration.microseconds(Int64(noticed * 1e6))
        faults.happen(.drop(id, ways, brokerNotices: .zero, clientNotices: after), world)
    }

    /// Of a machine that is down: its date is wrong by so much.
    package func setDate(_ id: String, off seconds: Double) { world[id]?.clock.dateOffset = Int64(seconds * 1000) }

    // MARK: What came of it

    /// Who has acted on a message, each time.
    package func readers(of number: Int) -> [String] { (world.record.acted[number] ?? []).map(\.gateway) }

    package struct Published: Sendable {
        package let phenomenon: String
        package let history: [String]
        package let gateway: String
        package let at: Double
    }

    package func published(_ phenomenon: String) -> [Published] {
        world.record.published.filter { $0.outcome.name.phenomenon == phenomenon }.map {
            Published(phenomenon: phenomenon, history: $0.outcome.history, gateway: $0.by, at: $0.at.seconds)
        }
    }

    package func isUp(_ id: String) -> Bool { world[id]?.isUp ?? false }

    package func activeRuns(_ id: String) -> Int { world[id]?.engine?.engine.activeRuns.count ?? 0 }

    /// What the gateway takes for the readers of all partitions, itself among them.
    package func members(_ id: String) -> [String] { world[id]?.engine?.peers?.members ?? [] }

    package func digestFaults(_ id: String) -> Int { world[id]?.engine?.peers?.counters.digestFaults ?? 0 }

    /// What does not hold that must.
    package var violations: [Violation] { world.record.violations }

    package func checkAtTheEnd() -> [Violation] {
        invariants.atTheEnd()
        return world.record.violations
    }

    package var steps: [String] { world.steps }
}

extension PatternLibrary {
    /// A play whose gateways have all started.
    package func play(_ configure: (inout PlaySetup) -> Void = { _ in }) -> Play {
        var setup = PlaySetup()
        configure(&setup)
        let play = Play(self, setup)
        play.startAll()
        return play
    }
}
