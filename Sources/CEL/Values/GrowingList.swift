/// A list that only grows at its end, as the history of a run does: aggregates over it go on from where they were, and are not
/// recalculated from its start. Belongs to one thread at a time.
public final class GrowingList {
    @exclusivity(unchecked) public private(set) var elements: [Value] = []
    /// By the node that asks. Few ask of one list.
    @exclusivity(unchecked) private var aggregates: [(node: ObjectIdentifier, aggregate: RunningAggregate)] = []

    public init() {}

    public func append(_ element: Value) { elements.append(element) }

    /// What the node knows so far.
    func aggregate(of node: AnyObject) -> RunningAggregate {
        if let known = aggregates.first(where: { $0.node == ObjectIdentifier(node) }) { return known.aggregate }
        let aggregate = RunningAggregate()
        aggregates.append((ObjectIdentifier(node), aggregate))
        return aggregate
    }
}

/// How far an aggregate has come.
final class RunningAggregate {
    /// So many elements are in.
    var count = 0
    /// The sum so far, or the least or greatest so far.
    var value: Value?
    var total = 0.0
    var deviation = Deviation()
    /// Why an element has no value: that of the first such, and so of the whole.
    var failure: EvaluationFailure?
    /// Whether it is to be calculated from the start: values that do not go together.
    var isStuck = false
}

/// The standard deviation of numbers as they come (B. P. Welford, "Note on a method for calculating corrected sums of squares
/// and products", Technometrics 4, 1962).
struct Deviation {
    private var count = 0.0
    private var mean = 0.0
    private var squares = 0.0

    mutating func add(_ number: Double) {
        count += 1
        let distance = number - mean
        mean += distance / count
        squares += distance * (number - mean)
    }

    var value: Double { (squares / count).squareRoot() }
}
