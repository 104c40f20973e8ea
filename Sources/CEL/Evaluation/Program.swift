/// A compiled expression. It may be evaluated any number of times, from several threads at once.
public final class Program: Sendable {
    /// A conjunct `variable.document.path == constant`.
    public struct Equality: Sendable {
        public let slot: Int
        public let path: Int
        public let value: Value
    }

    /// A call of a function of the embedding program.
    public struct HostCall: Sendable {
        public let name: String
        /// Those that are constant; nil where one is known only at evaluation.
        public let arguments: [Value?]
        /// Where they stand, in Unicode scalars from the start of the source.
        public let offsets: [Int]
    }

    public let source: String
    /// The checked type of the result; `dyn` where it is known only at evaluation.
    public let type: CELType
    /// The variables that the expression reads, aliases expanded.
    public let slots: Set<Int>
    /// The numbers (`PathTable`) of all paths that it reads from any object's document.
    public let objectPaths: [Int]
    /// What must hold, each of them, for the whole to be true. An index of expressions can build on it.
    public let necessaryEqualities: [Equality]
    /// What is allowed and seldom meant: a division of ints, which cuts.
    public let hints: [Problem]
    public let hostCalls: [HostCall]

    private let root: any Node
    private let localCount: Int

    init(
        source: String, type: CELType, slots: Set<Int>, objectPaths: [Int], necessaryEqualities: [Equality],
        hints: [Problem], hostCalls: [HostCall], root: any Node, localCount: Int
    ) {
        self.source = source
        self.type = type
        self.slots = slots
        self.objectPaths = objectPaths
        self.necessaryEqualities = necessaryEqualities
        self.hints = hints
        self.hostCalls = hostCalls
        self.root = root
        self.localCount = localCount
    }

    /// - Throws: `EvaluationFailure` where the expression has no value.
    public func evaluate(_ activation: Activation) throws(EvaluationFailure) -> Value {
        var frame = Frame(activation, locals: localCount)
        return try root.evaluate(&frame)
    }

    /// The same for a predicate, without making a `Value` of the result.
    /// - Throws: `EvaluationFailure` where the expression has no value, or one that is no bool (`notABool`).
    public func holds(_ activation: Activation) throws(EvaluationFailure) -> Bool {
        var frame = Frame(activation, locals: localCount)
        return try root.holds(&frame)
    }
}
