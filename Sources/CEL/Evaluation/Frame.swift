/// The state of one evaluation: the variables, what macros have bound, and how far iterations may still go.
struct Frame {
    static let iterationLimit = 10_000_000

    let activation: Activation
    /// Values of the variables that macros bind, by nesting.
    var locals: [Value] = []
    var iterationsLeft = Frame.iterationLimit

    init(_ activation: Activation, locals count: Int = 0) {
        self.activation = activation
        if count > 0 { locals = [Value](repeating: .null, count: count) }
    }

    mutating func countIterations(_ count: Int) throws(EvaluationFailure) {
        iterationsLeft -= count
        if iterationsLeft < 0 { throw EvaluationFailure(.tooManyIterations) }
    }
}
