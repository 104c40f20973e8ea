import BoboEngine
import BoboPeers
import BoboSharing

/// One seed: what it comes to.
package struct SimulationResult: Sendable {
    package let seed: UInt64
    package let family: Family
    package let setup: String
    package let violations: [Violation]
    package let figures: Figures
    /// The last steps, where they were asked for.
    package let steps: [String]

    package struct Figures: Sendable {
        package var messages = 0
        package var expected = 0
        package var published = 0
        package var publishedAgain = 0
        package var missing = 0
        package var falseEvents = 0
        package var different = 0
        package var unread = 0
        package var readTwice = 0
        package var peerMessages = 0
        package var peerBytes = 0
        package var resyncs = 0
        package var simulated = 0.0

        package init() {}

        package static func + (left: Figures, right: Figures) -> Figures {
            var sum = left
            sum.messages += right.messages
            sum.expected += right.expected
            sum.published += right.published
            sum.publishedAgain += right.publishedAgain
            sum.missing += right.missing
            sum.falseEvents += right.falseEvents
            sum.different += right.different
            sum.unread += right.unread
            sum.readTwice += right.readTwice
            sum.peerMessages += right.peerMessages
            sum.peerBytes += right.peerBytes
            sum.resyncs += right.resyncs
            sum.simulated += right.simulated
            return sum
        }
    }
}

/// Gateways with real engines and the real protocol on a simulated broker, with faults by chance. The same seed gives the
/// same run, step by step.
package struct Simulation {
    private let library: PatternLibrary

    package init(_ library: PatternLibrary) { self.library = library }

    package func run(
        seed: UInt64, family: Family, minutes: Double = 2, isTraced: Bool = false
    ) -> SimulationResult {
        var random = SeededRandom(seed &* 0x9e37_79b9 &+ UInt64(Family.allCases.firstIndex(of: family) ?? 0))
        let scenario = Scenario(family: family, seed: seed, minutes: minutes, &random)
        let workload = Workload(from: scenario.begin, to: scenario.end, rate: scenario.rate, &random)
        let plan = FaultPlan(scenario, &random)
        let world = World(scenario, library, random: random, isTraced: isTraced)
        for gateway in world.gateways {
            gateway.link = SimulatedLink(most: world.random.duration(0.002...0.02).seconds)
            gateway.clock.base = world.random.duration(100...100_000)
            gateway.clock.dateOffset = Int64.random(in: -20...20, using: &world.random)
            world.schedule.after(world.random.duration(0...1)) { gateway.start() }
        }
        for message in workload.messages { world.schedule.at(message.at) { world.publish(message) } }
        plan.schedule(in: world)
        let invariants = Invariants(world)
        invariants.watch()
        world.schedule.run(until: scenario.over) { world.record.violations.count < 20 }
        let oracle = Oracle(
            workload.messages, engine: Engine(library.phenomena, paths: library.paths, options: world.engineOptions()),
            until: scenario.over)
        let figures = Comparison(world, oracle, plan).check()
        invariants.atTheEnd()
        world.schedule.clear()
        let setup =
            "\(scenario.gateways.count) gateways, copies \(scenario.copies), \(scenario.partitions.count) partitions"
            + (scenario.hasIdentifiers ? ", ids" : "") + (scenario.hasTimestamps ? ", timestamps" : "")
            + (scenario.isFixed ? ", fixed" : "") + (scenario.stashIsLarge ? "" : ", small stash")
            + (scenario.messageLimit < 10_000 ? ", small messages" : "")
        return SimulationResult(
            seed: seed, family: family, setup: setup, violations: world.record.violations, figures: figures,
            steps: world.steps)
    }
}
