import CEL

/// Hears what is asked of the events that come to explained patterns. There is none where nothing is to be explained, so
/// that nobody pays for it.
final class Witness {
    private var explanations: [Explanation] = []
    /// Whether changes are the last explanation's.
    private var isOpen = false
    private unowned let scope: Scope

    init(_ scope: Scope) { self.scope = scope }

    func take() -> [Explanation] {
        defer { explanations = [] }
        return explanations
    }

    func begin(_ subject: Explanation.Subject, _ offer: Offer, _ matcher: Matcher, _ state: borrowing RunState) {
        end(state)
        let count = state.effects.changes.count
        explanations.append(
            Explanation(
                name: matcher.compiled.name, event: offer.event, key: scope.key, subject: subject,
                changes: count..<count))
        isOpen = true
    }

    /// The runs wait at `place`.
    func begin(
        _ place: KeyState.Place, _ runs: [Int32], _ offer: Offer, _ matcher: Matcher, _ state: borrowing RunState
    ) {
        let identifiers = runs.compactMap { run -> RunIdentifier? in
            guard let first = state.forest.runs[run].first?.event else { return nil }
            let key = matcher.keyStates[state.forest.runs[run].keyState].value
            return matcher.compiled.identifier(key: key, first: first)
        }
        begin(.runs(identifiers, block: Int(place.position.block)), offer, matcher, state)
    }

    /// What has changed since it began is the last explanation's.
    func end(_ state: borrowing RunState) {
        guard isOpen, let last = explanations.indices.last else { return }
        isOpen = false
        explanations[last].changes = explanations[last].changes.lowerBound..<state.effects.changes.count
    }

    func hear(_ predicate: CompiledPredicate, _ outcome: Outcome, _ offer: Offer) {
        guard isOpen, let last = explanations.indices.last else { return }
        let verdict = verdict(predicate, outcome, offer)
        explanations[last].answers.append(
            Explanation.Answer(
                predicate: predicate.source, verdict: verdict,
                values: verdict == .noMatch ? values(predicate.source.expression) : []))
    }

    /// What an expression finds at the paths that it reads, of this event or of others.
    private func values(_ program: Program?) -> [(path: [String], json: String)] {
        guard let program, let event = scope.event else { return [] }
        return program.objectPaths.compactMap { path in
            guard let value = try? event.value(atPath: path) else { return nil }
            var json = JSONWriter()
            json.write(value)
            return (event.paths.path(path), json.text)
        }
    }

    private func verdict(
        _ predicate: CompiledPredicate, _ outcome: Outcome, _ offer: Offer
    ) -> Explanation.Answer.Verdict {
        switch outcome {
        case .match: return .match
        case .noMatch:
            if let number = predicate.filterNumber, !offer.passes(number) { return .otherTopic }
            return .noMatch
        case .failed:
            // Asked again, since outcomes are kept without their reasons.
            do {
                _ = try predicate.source.expression?.holds(scope)
                return .failed("")
            } catch {
                return .failed("\(error)")
            }
        }
    }
}
