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
    }

    public let role: Role
    /// Any of them makes a match.
    public let predicates: [Predicate]
    /// The name under which accepted events stand in the history; none: `""`.
    public let group: String
    /// An event that is offered to this block and matches one of these halts the run.
    public let unless: [Predicate]

    public init(role: Role, predicates: [Predicate], group: String = "", unless: [Predicate] = []) {
        self.role = role
        self.predicates = predicates
        self.group = group
        self.unless = unless
    }
}
