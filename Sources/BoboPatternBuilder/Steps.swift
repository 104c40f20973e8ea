import BoboEngine

/// A block of a pattern, with its options.
public protocol Step: Sendable {
    var description: StepDescription { get }
}

/// The very next event that the pattern sees matches, or the run halts.
public struct Next: Step, ConditionTaking {
    public let description: StepDescription
    public init(_ condition: When) { description = StepDescription(.plain(.strict), [condition]) }
}

/// The very next event that the pattern sees does not match, or the run halts.
public struct NotNext: Step, ConditionTaking {
    public let description: StepDescription
    public init(_ condition: When) { description = StepDescription(.negated(.strict), [condition]) }
}

/// An event that matches comes; others may come between.
public struct FollowedBy: Step, ConditionTaking {
    public let description: StepDescription
    public init(_ condition: When) { description = StepDescription(.plain(.relaxed), [condition]) }
}

/// The first event that does *not* match is accepted. To forbid an event while waiting, `unless` is the word, and `Absent`
/// for silence.
public struct NotFollowedBy: Step, ConditionTaking {
    public let description: StepDescription
    public init(_ condition: When) { description = StepDescription(.negated(.relaxed), [condition]) }
}

/// An event that matches any of the conditions comes; others may come between.
public struct FollowedByAny: Step {
    public let description: StepDescription
    public init(@ConditionsBuilder _ conditions: () -> [When]) {
        description = StepDescription(.plain(.relaxed), conditions())
    }
}

/// Each condition is met, by an event of its own, in any order. An event counts for the first that is not yet met and that
/// it matches: write the narrower first.
public struct AllOf: Step {
    public let description: StepDescription
    public init(@ConditionsBuilder _ conditions: () -> [When]) {
        description = StepDescription(.allOf, conditions())
    }
}

/// So long, from the run's arrival at the block, nothing matches; what matches halts the run.
public struct Absent: Step {
    public let description: StepDescription

    /// - Parameters:
    ///   - duration: at least a millisecond.
    ///   - restarts: an event that matches does not halt the run; it is accepted, and the wait begins anew.
    ///   - onlyIf: asked when the wait is over; unless it is true, the run halts.
    public init(
        for duration: Duration, _ condition: When, restarts: Bool = false,
        onlyIf: (@Sendable (Run) throws -> Bool)? = nil
    ) {
        var step = StepDescription(.absent(milliseconds: duration.wholeMilliseconds), [condition])
        step.restarts = restarts
        step.onlyIf = onlyIf
        description = step
    }
}

extension Step {
    /// The name under which accepted events stand in the history.
    public func group<Payload>(_ group: Group<Payload>) -> StepDescription { changed { $0.group = group.name } }

    /// The block stands so many times in sequence.
    public func times(_ count: Int) -> StepDescription { changed { $0.times = .exactly(count) } }

    /// The block stands so many times in sequence, of which those beyond the least may be passed over.
    public func times(_ counts: ClosedRange<Int>) -> StepDescription {
        changed { $0.times = .between(counts.lowerBound, counts.upperBound) }
    }

    /// The block stands so many times in sequence, and then can accept again and again.
    public func times(_ counts: PartialRangeFrom<Int>, until: When? = nil) -> StepDescription {
        changed {
            $0.times = .atLeast(counts.lowerBound)
            $0.until = until
        }
    }

    /// The block can accept again and again, or not at all, or the run goes on to the next block.
    /// - Parameter until: an event that matches closes the loop, and is offered to the next block.
    public func loop(until: When? = nil) -> StepDescription {
        changed {
            $0.isLoop = true
            $0.until = until
        }
    }

    /// The block may be passed over.
    public func optional() -> StepDescription { changed { $0.isOptional = true } }

    /// An event that is offered to this block and matches halts the run.
    public func unless(_ conditions: When...) -> StepDescription { changed { $0.unless += conditions } }

    private func changed(_ change: (inout StepDescription) -> Void) -> StepDescription {
        var description = description
        change(&description)
        return description
    }
}

/// Conditions, one a line.
@resultBuilder
public enum ConditionsBuilder {
    public static func buildBlock(_ conditions: [When]...) -> [When] { conditions.flatMap(\.self) }
    public static func buildExpression(_ condition: When) -> [When] { [condition] }
    public static func buildOptional(_ conditions: [When]?) -> [When] { conditions ?? [] }
    public static func buildEither(first conditions: [When]) -> [When] { conditions }
    public static func buildEither(second conditions: [When]) -> [When] { conditions }
    public static func buildArray(_ conditions: [[When]]) -> [When] { conditions.flatMap(\.self) }
}

/// Blocks in sequence, one a line.
@resultBuilder
public enum StepsBuilder {
    public static func buildBlock(_ steps: [StepDescription]...) -> [StepDescription] { steps.flatMap(\.self) }
    public static func buildExpression(_ step: some Step) -> [StepDescription] { [step.description] }
    public static func buildOptional(_ steps: [StepDescription]?) -> [StepDescription] { steps ?? [] }
    public static func buildEither(first steps: [StepDescription]) -> [StepDescription] { steps }
    public static func buildEither(second steps: [StepDescription]) -> [StepDescription] { steps }
    public static func buildArray(_ steps: [[StepDescription]]) -> [StepDescription] { steps.flatMap(\.self) }
}
