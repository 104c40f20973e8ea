import PeerSimulation
import Testing

/// A chosen few of the seeds that `scripts/simulate` runs by the thousand.
@Suite struct SeedTests {
    @Test(arguments: Family.allCases)
    func `All invariants hold, and what one gateway that reads everything would publish is published`(
        family: Family
    ) throws {
        let simulation = Simulation(try PatternLibrary())
        for seed in 1...(family == .overlap ? 3 : 1) as ClosedRange<UInt64> {
            let result = simulation.run(seed: seed, family: family, minutes: 2)
            for violation in result.violations {
                Issue.record(
                    "--seed \(seed) --family \(family.rawValue): \(violation.kind.rawValue): \(violation.text)")
            }
            #expect(result.figures.published > 30)
        }
    }

    @Test func `The same seed gives the same run`() throws {
        let simulation = Simulation(try PatternLibrary())
        let one = simulation.run(seed: 3, family: .overlap, minutes: 1, isTraced: true)
        let other = simulation.run(seed: 3, family: .overlap, minutes: 1, isTraced: true)
        #expect(one.steps == other.steps)
        #expect(one.steps.count > 100)
    }
}
