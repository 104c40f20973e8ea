/// Where the runs of one pattern wait.
package struct RunsByBlock: Sendable, Equatable {
    package let phenomenon: String
    package let pattern: String
    /// So many runs wait at each block, `times` written out.
    package let counts: [Int32]

    package var active: Int { counts.reduce(0) { $0 + Int($1) } }
}

extension Engine {
    /// Of all patterns, in the order of output.
    package var runsByBlock: [RunsByBlock] { decider.runsByBlock }

    /// Timers that are set, some of which may turn out to concern nothing any more.
    package var timerCount: Int { decider.timerCount }
}

extension Decider {
    var runsByBlock: [RunsByBlock] {
        matchers.map { matcher in
            RunsByBlock(
                phenomenon: matcher.compiled.phenomenon.name, pattern: matcher.compiled.pattern.name,
                counts: matcher.countedRuns(state))
        }
    }
}

extension Matcher {
    /// Whoever looks does so a few times a second, and then most patterns' runs wait where they did.
    fileprivate func countedRuns(_ state: borrowing RunState) -> [Int32] {
        if let counted { return counted }
        let counts = runsByBlock(state)
        counted = counts
        return counts
    }

    private func runsByBlock(_ state: borrowing RunState) -> [Int32] {
        var counts = [Int32](repeating: 0, count: compiled.steps.count)
        guard active > 0 else { return counts }
        keyStates.forEachPlace { index in
            let places = keyStates[index].places
            // All runs of a key in one place, as mostly, need not be counted.
            if places.count == 1 {
                counts[Int(places[0].position.block)] += Int32(clamping: keyStates[index].active)
                return
            }
            for place in places {
                state.forest.walk(
                    below: place.root, enter: { _ in }, leave: { _ in },
                    leaf: { _ in counts[Int(place.position.block)] += 1 })
            }
        }
        return counts
    }
}
