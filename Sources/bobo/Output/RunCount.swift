import ArgumentParser
import BoboEngine
import BoboGateway
import BoboGraph

/// How many runs of recorded events have reached each block of their patterns, and what became of them there.
struct RunCount {
    private struct Name: Hashable {
        let phenomenon: String
        let pattern: String
    }

    private struct Tally {
        /// By block; the last: complete.
        var reached: [Int]
        var halted: [[HaltReason: Int]]

        init(blocks: Int) {
            reached = Array(repeating: 0, count: blocks + 1)
            halted = Array(repeating: [:], count: blocks + 1)
        }
    }

    private let preparation: EnginePreparation

    init(_ preparation: EnginePreparation) { self.preparation = preparation }

    /// - Throws: exit status 65 where the file cannot be read, 130 where it is ended before.
    func notes(events path: String) throws -> BlockNotes {
        var options = preparation.options
        options.recordsChanges = true
        let engine = Engine(preparation.phenomena, paths: preparation.paths, options: options)
        var tallies: [Name: Tally] = [:]
        for phenomenon in preparation.phenomena {
            for pattern in phenomenon.patterns {
                tallies[Name(phenomenon: phenomenon.name, pattern: pattern.name)] = Tally(
                    blocks: pattern.blocks.count)
            }
        }
        var waiting: [RunIdentifier: (name: Name, block: Int)] = [:]
        StopSignal.install()
        do {
            let replay = EventFileReplay(path: path)
            try replay.run(try replay.open(), engine) {
                for change in engine.takeChanges() { RunCount.note(change, &tallies, &waiting) }
                _ = engine.takeOutputs()
            }
        } catch is EventFileReplay.Stopped {
            throw ExitCode.interrupted
        } catch let error as EventFileError {
            say("\(error)")
            throw ExitCode.badInput
        }
        return notes(tallies, waiting.values.map { $0 })
    }

    private static func note(
        _ change: Change, _ tallies: inout [Name: Tally], _ waiting: inout [RunIdentifier: (name: Name, block: Int)]
    ) {
        let name = Name(phenomenon: change.phenomenon, pattern: change.pattern)
        for run in change.runs {
            let before = waiting[run.identifier]?.block
            if case .halted(let reason) = change.kind {
                tallies[name]?.halted[before ?? change.block][reason, default: 0] += 1
                waiting[run.identifier] = nil
                continue
            }
            // An optional block that was passed over has been reached, too.
            for block in ((before ?? -1) + 1)..<max(change.block + 1, (before ?? -1) + 1) {
                tallies[name]?.reached[block] += 1
            }
            waiting[run.identifier] = change.kind == .completed ? nil : (name, change.block)
        }
    }

    private func notes(_ tallies: [Name: Tally], _ waiting: [(name: Name, block: Int)]) -> BlockNotes {
        var notes = BlockNotes()
        for phenomenon in preparation.phenomena {
            for pattern in PhenomenonDiagram(phenomenon).patterns {
                let name = Name(phenomenon: phenomenon.name, pattern: pattern.name)
                guard let tally = tallies[name] else { continue }
                for step in pattern.steps {
                    let halted = tally.halted[step.places].reduce(into: [HaltReason: Int]()) { sum, part in
                        sum.merge(part, uniquingKeysWith: +)
                    }
                    let waits = waiting.count { $0.name == name && step.places.contains($0.block) }
                    let first = step.places.lowerBound == 0 ? "begun" : "reached"
                    var parts = ["\(first) by \(count(tally.reached[step.places.lowerBound], "run", "runs"))"]
                    if waits > 0 { parts.append("\(waits) wait") }
                    parts += halted.sorted { $0.key.rawValue < $1.key.rawValue }
                        .map { "\($0.value) halted (\($0.key.rawValue))" }
                    notes.set(
                        parts.joined(separator: ", "), at: step.places.lowerBound, of: phenomenon.name, pattern.name)
                }
                let complete = tally.reached.last ?? 0
                notes.set("\(complete) complete", at: tally.reached.count - 1, of: phenomenon.name, pattern.name)
            }
        }
        return notes
    }
}
