/// What the variables of an environment stand for in one evaluation.
open class Activation {
    public init() {}

    /// - Parameter slot: the variable's number, in the order of declaration.
    /// - Throws: whatever keeps the variable from having a value.
    open func value(_ slot: Int) throws(EvaluationFailure) -> Value {
        throw EvaluationFailure(.other("variable \(slot) has no value"))
    }

    /// The list that a variable stands for, where it only grows from one evaluation to the next: aggregates over it are then
    /// kept with it. nil: it is another list each time.
    open func growingList(_ slot: Int) -> GrowingList? { nil }

    /// The value below the document of the object that a variable stands for: `object(slot).value(atPath: path)`. To be
    /// overridden where that can be had without making a `Value` of the object.
    /// - Parameter path: its number in the environment's `PathTable`.
    open func value(_ slot: Int, atPath path: Int) throws(EvaluationFailure) -> Value {
        try value(slot).asObject().value(atPath: path)
    }
}
