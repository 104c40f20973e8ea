import Foundation
import PeerSimulation
import Synchronization

/// Many seeds on all cores, each with the next family in turn.
final class SeedSeries: Sendable {
    private struct Totals {
        var next: UInt64
        var done = 0
        var figures: [Family: (seeds: Int, bad: Int, figures: SimulationResult.Figures)] = [:]
        var kinds: [String: [UInt64]] = [:]
    }

    private let options: SimulateOptions
    private let totals: Mutex<Totals>
    private let start = Date()

    init(_ options: SimulateOptions) {
        self.options = options
        totals = Mutex(Totals(next: options.first))
    }

    /// - Returns: whether all invariants held.
    func run() throws -> Bool {
        if let seed = options.seed { return try runOne(seed) }
        let library = try PatternLibrary()
        _ = library
        let group = DispatchGroup()
        for _ in 0..<options.workers {
            let thread = Thread { [self] in
                if let library = try? PatternLibrary() { work(library) }
                group.leave()
            }
            thread.stackSize = 16 << 20
            group.enter()
            thread.start()
        }
        group.wait()
        return summary()
    }

    private func family(_ seed: UInt64) -> Family { options.families[Int(seed % UInt64(options.families.count))] }

    private func work(_ library: PatternLibrary) {
        let simulation = Simulation(library)
        while true {
            let seed = totals.withLock { totals -> UInt64? in
                guard totals.next < options.first + options.seeds else { return nil }
                defer { totals.next += 1 }
                return totals.next
            }
            guard let seed else { return }
            note(simulation.run(seed: seed, family: family(seed), minutes: options.minutes))
        }
    }

    private func note(_ result: SimulationResult) {
        let done = totals.withLock { totals in
            totals.done += 1
            var entry = totals.figures[result.family] ?? (0, 0, SimulationResult.Figures())
            entry.seeds += 1
            entry.bad += result.violations.isEmpty ? 0 : 1
            entry.figures = entry.figures + result.figures
            totals.figures[result.family] = entry
            for kind in Set(result.violations.map { "\(result.family.rawValue) \($0.kind.rawValue)" }) {
                totals.kinds[kind, default: []].append(result.seed)
            }
            return totals.done
        }
        if let first = result.violations.first {
            print(
                "seed \(result.seed) --family \(result.family.rawValue) (\(result.setup)): \(first.kind.rawValue): \(first.text)"
                    + (result.violations.count > 1 ? ", and \(result.violations.count - 1) more" : ""))
        }
        // To be seen at once also in a file.
        if !result.violations.isEmpty || done.isMultiple(of: 500) { fflush(nil) }
        if done.isMultiple(of: 500) { print("\(done) seeds in \(seconds) s") }
    }

    private var seconds: String { String(format: "%.1f", Date().timeIntervalSince(start)) }

    private func summary() -> Bool {
        totals.withLock { totals in
            print("\n\(totals.done) seeds in \(seconds) s")
            for (family, entry) in totals.figures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                let f = entry.figures
                print(
                    "\(family.rawValue): \(entry.seeds) seeds, \(entry.bad) bad; simulated \(Int(f.simulated)) s, messages \(f.messages), unread \(f.unread), read twice \(f.readTwice), expected \(f.expected), published \(f.published), again \(f.publishedAgain), missing \(f.missing), false \(f.falseEvents), different \(f.different), peer messages \(f.peerMessages), kB \(f.peerBytes / 1000)"
                )
            }
            for (kind, seeds) in totals.kinds.sorted(by: { $0.key < $1.key }) {
                print(
                    "\(kind): \(seeds.count) seeds: \(seeds.sorted().prefix(8).map(String.init).joined(separator: " "))"
                )
            }
            return totals.kinds.isEmpty
        }
    }

    private func runOne(_ seed: UInt64) throws -> Bool {
        let result = Simulation(try PatternLibrary()).run(
            seed: seed, family: options.families.count == 1 ? options.families[0] : family(seed),
            minutes: options.minutes, isTraced: true)
        for step in result.steps.suffix(options.steps) { print(step) }
        print("\nseed \(seed), family \(result.family.rawValue): \(result.setup)")
        for violation in result.violations { print("\(violation.kind.rawValue) at \(violation.at): \(violation.text)") }
        return result.violations.isEmpty
    }
}
