/// What the variables of an environment stand for in one evaluation.
open class Activation {
    public init() {}

    /// - Parameter slot: the variable's number, in the order of declaration.
    /// - Throws: whatever keeps the variable from having a value.
    open func value(_ slot: Int) throws(EvaluationFailure) -> Value {
        throw EvaluationFailure(.other("variable \(slot) has no value"))
    }
}
