package import BoboEngine

/// How far the runs of tests or of a recording have come in each pattern. Belongs to one thread.
package final class PatternCoverage {
    private struct Key: Hashable {
        let phenomenon: String
        let pattern: String
        let version: Hash128
    }

    /// A block as it stands in the file, `times` not written out.
    private struct Step {
        let block: Block
        var places: Range<Int>

        var place: String { block.predicates.first?.place ?? "" }
    }

    private var patterns: [(key: Key, pattern: Pattern)] = []
    /// By phenomenon and pattern: how many blocks some run has come to; one more than there are, where it was complete.
    private var reached: [String: Int] = [:]

    /// What the runs are of, where none has come somewhere: `no test`.
    private let nothing: String

    /// - Parameter nothing: the subject of what is told: `no test` begins a run.
    package init(_ phenomena: [Phenomenon], nothing: String = "no test") {
        self.nothing = nothing
        var known: Set<Key> = []
        for phenomenon in phenomena.sorted(by: { $0.name < $1.name }) {
            for pattern in phenomenon.patterns {
                let key = Key(phenomenon: phenomenon.name, pattern: pattern.name, version: pattern.version)
                if known.insert(key).inserted { patterns.append((key, pattern)) }
            }
        }
    }

    package func note(_ changes: [Change]) {
        for change in changes {
            reached["\(change.phenomenon)/\(change.pattern)", default: 0].formMaximum(change.block + 1)
        }
    }

    /// What has not been reached, and figures of it all.
    package var lines: [String] { unreached.map { "\($0.place): \($0.text)" } + [summary] }

    /// What has not been reached, with the places of the blocks.
    package var unreached: [(place: String, text: String)] { report.unreached }
    private var summary: String { report.summary }

    private var report: (unreached: [(place: String, text: String)], summary: String) {
        var lines: [(place: String, text: String)] = []
        var (blocks, blocksReached, completed) = (0, 0, 0)
        for (key, pattern) in patterns {
            let name = "\(key.phenomenon) \(key.pattern)"
            let reached = reached["\(key.phenomenon)/\(key.pattern)"] ?? 0
            let steps = PatternCoverage.steps(pattern)
            blocks += steps.count
            blocksReached += steps.count { $0.places.lowerBound < reached }
            if reached > pattern.blocks.count {
                completed += 1
                continue
            }
            guard reached > 0 else {
                lines.append((steps.first?.place ?? "", "\(name): \(nothing) begins a run"))
                continue
            }
            for (index, step) in steps.enumerated() where step.places.upperBound > reached {
                let block = "block \(index + 1), \(step.block.text)"
                let begun = reached - step.places.lowerBound
                let what =
                    begun > 0
                    ? "goes beyond \(begun) of \(step.places.count) times of \(block)" : "reaches \(block)"
                lines.append((step.place, "\(name): \(nothing) \(what)"))
            }
            if reached == pattern.blocks.count, let last = steps.last {
                lines.append((last.place, "\(name): \(nothing) completes it"))
            }
        }
        return (
            lines,
            "coverage: \(blocksReached) of \(blocks) blocks reached, \(completed) of \(patterns.count) patterns completed"
        )
    }

    private static func steps(_ pattern: Pattern) -> [Step] {
        var steps: [Step] = []
        for (place, block) in pattern.blocks.enumerated() {
            if let last = steps.last, last.place == (block.predicates.first?.place ?? ""), !last.place.isEmpty {
                steps[steps.count - 1].places = last.places.lowerBound..<(place + 1)
            } else {
                steps.append(Step(block: block, places: place..<(place + 1)))
            }
        }
        return steps
    }
}

extension Block {
    /// `followed_by, group smoke`
    fileprivate var text: String {
        let any = predicates.count > 1 ? "_any" : ""
        let name =
            switch role {
            case .plain(.strict): "next"
            case .plain(.relaxed): "followed_by\(any)"
            case .negated(.strict): "not_next"
            case .negated(.relaxed): "not_followed_by\(any)"
            case .loop(.strict): "next with loop"
            case .loop(.relaxed): "followed_by\(any) with loop"
            case .optional: "followed_by\(any) with optional"
            case .absent: "absent"
            case .allOf: "all_of"
            }
        return group.isEmpty ? name : "\(name), group \(group)"
    }
}

extension Int {
    fileprivate mutating func formMaximum(_ other: Int) { self = Swift.max(self, other) }
}
