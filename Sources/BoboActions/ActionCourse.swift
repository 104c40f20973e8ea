package import BoboEngine

/// An action on its way to its end: one piece of work, or a sequence of them, one after the other.
///
/// A sequence ends as the piece did that decided: the first that failed, else the last.
package struct ActionCourse: Sendable {
    private struct Sequence {
        let steps: [ActionRequest.Step]
        let stopsOnFailure: Bool
        var index = 0
        var failure: ActionOutcome?
        var last = ActionOutcome(isSuccess: true)

        mutating func take(_ outcome: ActionOutcome) {
            last = outcome
            if !outcome.isSuccess, failure == nil {
                let step = index < steps.count ? "step \(index + 1), \(steps[index].name)" : "a step"
                failure = ActionOutcome(
                    isSuccess: false, status: outcome.status, output: outcome.output,
                    error: "\(step): \(outcome.error ?? "failed")")
            }
            index += 1
        }

        var isOver: Bool { index >= steps.count || (stopsOnFailure && failure != nil) }
        var outcome: ActionOutcome { failure ?? last }
    }

    package let request: ActionRequest
    /// The sequences that it is in, the innermost last.
    private var sequences: [Sequence] = []
    /// What is to be carried out next; nil where all is over.
    package private(set) var work: ActionRequest.Work?
    /// How it ended, once all is over.
    package private(set) var outcome = ActionOutcome(isSuccess: true)
    /// Whether a piece of it was carried out.
    package private(set) var hasBegun = false

    package init(_ request: ActionRequest) {
        self.request = request
        enter(request.work)
    }

    /// How the piece ended that `work` was.
    package mutating func take(_ outcome: ActionOutcome) {
        hasBegun = true
        work = nil
        var outcome = outcome
        while var sequence = sequences.popLast() {
            sequence.take(outcome)
            guard sequence.isOver else {
                let next = sequence.steps[sequence.index].work
                sequences.append(sequence)
                return enter(next)
            }
            outcome = sequence.outcome
        }
        self.outcome = outcome
    }

    private mutating func enter(_ work: ActionRequest.Work) {
        guard case .sequence(let steps, let stopsOnFailure) = work else {
            self.work = work
            return
        }
        guard let first = steps.first else { return take(ActionOutcome(isSuccess: true)) }
        sequences.append(Sequence(steps: steps, stopsOnFailure: stopsOnFailure))
        enter(first.work)
    }
}
