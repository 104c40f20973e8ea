/// One step of a pattern.
public struct Block: Sendable {
    public enum Contiguity: Sendable {
        /// The very next event that the pattern sees decides.
        case strict
        /// Events that do not matter may come between.
        case relaxed
    }

    public enum Role: Sendable {
        case plain(Contiguity)
        case negated(Contiguity)
        case loop(Contiguity)
        /// Relaxed; may be passed over.
        case optional
        /// Satisfied when so many milliseconds pass, from the run's arrival at the block, without a match.
        case absent(milliseconds: Int64)
        /// Relaxed; each predicate is to be satisfied by an event of its own, in any order.
        case allOf
    }

    /// An `allOf` takes so many predicates at most.
    public static let maximumOfAll = 64

    public let role: Role
    /// Any of them makes a match; of `allOf`, all are wanted.
    public let predicates: [Predicate]
    /// The name under which accepted events stand in the history; none: `""`.
    public let group: String
    /// An event that is offered to this block and matches one of these halts the run.
    public let unless: [Predicate]
    /// Of a loop: an event that matches closes it. The run moves to the next block, and the event is offered to that.
    public let until: Predicate?
    /// Of `absent`: an event that matches is accepted, and the wait begins anew.
    public let restarts: Bool
    /// Of `absent`: asked when the wait is over; unless it is true, the run halts.
    public let onlyIf: Predicate?

    public init(
        role: Role, predicates: [Predicate], group: String = "", unless: [Predicate] = [], until: Predicate? = nil,
        restarts: Bool = false, onlyIf: Predicate? = nil
    ) {
        self.role = role
        self.predicates = predicates
        self.group = group
        self.unless = unless
        self.until = until
        self.restarts = restarts
        self.onlyIf = onlyIf
    }

    /// Those that are asked of events.
    package var eventPredicates: [Predicate] { predicates + unless + [until].compactMap(\.self) }
}
