package import CEL

/// One event before runs of a pattern that fare alike: what was asked of it, and what it changed.
package struct Explanation: Sendable {
    package enum Subject: Hashable, Sendable {
        /// The pattern did not see it.
        case unseen(Unseen)
        /// Whether it begins a run.
        case start
        /// Runs that waited at a block.
        case runs([RunIdentifier], block: Int)
    }

    package enum Unseen: Hashable, Sendable {
        /// The condition of `input` was not met.
        case input
        /// The expression of `key` failed, or gave what is no key.
        case key
    }

    /// What a predicate said.
    package struct Answer: Sendable {
        package enum Verdict: Hashable, Sendable {
            case match, noMatch
            /// The event's topic is none of the predicate's `on`.
            case otherTopic
            case failed(String)
        }

        package let predicate: Predicate
        package let verdict: Verdict
        /// Of a predicate that did not match: what it read of the event's payload, by path, as JSON.
        package let values: [(path: [String], json: String)]
    }

    package let name: PatternName
    package let event: Event
    /// null where the pattern did not see the event.
    package let key: Value
    package let subject: Subject
    /// In the order in which they were asked; no more were asked.
    package internal(set) var answers: [Answer] = []
    /// Which of the changes that were taken with it are its.
    package internal(set) var changes: Range<Int>
}

/// What tells a pattern from all others of an engine.
package struct PatternName: Hashable, Sendable {
    package let phenomenon: String
    package let pattern: String

    package init(phenomenon: String, pattern: String) {
        self.phenomenon = phenomenon
        self.pattern = pattern
    }
}
