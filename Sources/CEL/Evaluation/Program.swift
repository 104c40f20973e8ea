/// A compiled expression. It may be evaluated any number of times, from several threads at once.
public final class Program: Sendable {
    /// A conjunct `variable.document.path == constant`.
    public struct Equality: Sendable {
        public let slot: Int
        public let path: Int
        public let value: Value
    }

    /// A field of an object that is a variable.
    package struct Field: Hashable, Sendable {
        package let slot: Int
        package let index: Int
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
    /// Conditions on paths that must hold, each of them, for the whole to be true.
    package let tests: [PathTest]
    /// Whether the whole is nothing but these: true where all are, false where one is false, a failure otherwise.
    package let isConjunctionOfTests: Bool
    package let sidedComparisons: [SidedComparison]
    /// The fields that it reads of objects that are variables; nil where it reads such an object in another way, too, but by
    /// `objectPaths`.
    package let fields: Set<Field>?
    /// What is allowed and seldom meant: a division of ints, which cuts.
    public let hints: [Problem]
    public let hostCalls: [HostCall]

    private let root: any Node
    private let localCount: Int

    init(
        source: String, type: CELType, slots: Set<Int>, objectPaths: [Int], necessaryEqualities: [Equality],
        tests: (tests: [PathTest], areAll: Bool) = ([], false), fields: Set<Field>? = nil,
        sidedComparisons: [SidedComparison] = [], hints: [Problem], hostCalls: [HostCall], root: any Node,
        localCount: Int
    ) {
        self.source = source
        self.type = type
        self.slots = slots
        self.objectPaths = objectPaths
        self.necessaryEqualities = necessaryEqualities
        self.tests = tests.tests
        isConjunctionOfTests = tests.areAll
        self.fields = fields
        self.sidedComparisons = sidedComparisons
        self.hints = hints
        self.hostCalls = hostCalls
        self.root = root
        self.localCount = localCount
    }

    /// Where the whole is one path of the object that a variable stands for: that path.
    package func path(of slot: Int) -> Int? {
        guard isConjunctionOfTests, tests.count == 1, tests[0].slot == slot, case .bool(true) = tests[0].constant else {
            return nil
        }
        return tests[0].path
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
