import BoboEngine
import BoboGateway
import BoboTopics
import BoboYAML
import CEL

/// Why an event did to runs what it did, in words.
struct EventReason {
    let names: BlockNames

    /// What the blocks' predicates that did not match found in its payload: `payload.celsius is 21.5`.
    func values(_ answers: [Explanation.Answer]) -> String {
        var told: [String] = []
        let asked = answers.filter { answer in
            if case .block = names.purpose(answer.predicate) { true } else { false }
        }
        for (path, json) in asked.flatMap(\.values) where !path.isEmpty {
            let text = harmless("\(PayloadPath(path).expression) is \(shortened(json, to: 40))")
            if !told.contains(text) { told.append(text) }
        }
        return told.prefix(EventReason.shownValues).joined(separator: ", ")
    }

    private static let shownValues = 5

    /// Why it did nothing.
    func ignored(_ answers: [Explanation.Answer]) -> String {
        let reasons = answers.compactMap { answer -> String? in
            let text = text(answer)
            switch (names.purpose(answer.predicate), answer.verdict) {
            case (.block(let number), .match) where names.isNegated(number):
                return "block \(number) waits for what is not so: \(text)"
            case (.block(let number), .noMatch), (.block(let number), .otherTopic), (.block(let number), .failed):
                return "block \(number): \(text)"
            case (.precondition, .failed): return "precondition: \(text)"
            case (.haltcondition, .failed): return "haltcondition: \(text)"
            case (.until(let number), .failed): return "until of block \(number): \(text)"
            case (.rest, .failed): return "until of rest: \(text)"
            case (.unless(let number), .failed): return "unless of block \(number): \(text)"
            case (.other, .failed), (.other, .noMatch): return text
            default: return nil
            }
        }
        return reasons.isEmpty ? "nothing asks for it" : reasons.joined(separator: "; ")
    }

    /// Why it halted runs; without answers it was no event that did.
    func halted(_ reason: HaltReason, _ answers: [Explanation.Answer]) -> String {
        let last = answers.last.map { ": \(text($0))" } ?? ""
        switch reason {
        case .strict: return "the very next event was to match\(last)"
        case .negated: return "the very next event was not to match\(last)"
        case .precondition: return "a precondition failed\(last)"
        case .haltcondition: return "a haltcondition\(last)"
        case .unless: return "unless\(last)"
        case .absent: return "absent, and here it is\(last)"
        case .within:
            return "not complete within \(names.pattern.within.map(DurationText.text) ?? "its time")"
        case .maximumRuns: return "the oldest of more than \(names.pattern.maximumRuns) runs (max_runs)"
        case .maximumHistory: return "more than \(names.pattern.maximumHistory) events (max_history)"
        case .onlyIf: return "the wait is over, and only_if is not true"
        case .afterMatch: return "another run of its key is complete (after_match)"
        case .rest: return "another run of its key is complete, and the key rests"
        case .replaced: return "the pattern was changed"
        case .singleton: return "another gateway has a run of this key"
        }
    }

    /// Why runs went on without the event, which closed a loop.
    func moved(_ answers: [Explanation.Answer]) -> String {
        for answer in answers.reversed() where answer.verdict == .match {
            if case .until(let number) = names.purpose(answer.predicate) {
                return "the loop of block \(number) is closed: \(text(answer))"
            }
        }
        return "the loop is closed"
    }

    private func text(_ answer: Explanation.Answer) -> String {
        let condition = answer.predicate.expression.map { harmless($0.source) } ?? "any event"
        switch answer.verdict {
        case .match: return answer.predicate.expression == nil ? "of a topic that matches" : "\(condition) is true"
        case .noMatch: return "\(condition) is false"
        case .otherTopic:
            return "its topic is not \(answer.predicate.on.map(\.text).joined(separator: ", "))"
        case .failed(let why): return "\(condition) fails: \(harmless(why))"
        }
    }
}
