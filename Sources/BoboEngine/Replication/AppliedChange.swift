/// What an engine did about a peer's change.
package enum AppliedChange: Hashable, Sendable {
    /// The run was unknown, and is active now.
    case adopted
    /// The run took the peer's block and history.
    case advanced
    /// The run, active, halted or unknown before, is complete: it made a complex event.
    case completed
    /// The run was active.
    case halted
    /// The end of a run is remembered that was unknown, or had been taken for halted; no complex event.
    case recorded
    /// Nothing new.
    case ignored
    case refused(Refusal)

    package enum Refusal: String, Hashable, Sendable, CaseIterable {
        /// The phenomenon or the pattern is unknown.
        case unknownPattern
        /// The pattern is another one under the same name.
        case version
        /// No run of that pattern can look like this.
        case malformed
    }
}

/// Figures of what an engine has to do with other gateways' runs, since its start.
package struct ReplicationCounters: Sendable, Equatable {
    package var adopted = 0
    package var advanced = 0
    /// Complex events of runs that peers completed.
    package var completed = 0
    package var halted = 0
    package var recorded = 0
    package var ignored = 0
    package var refused: [AppliedChange.Refusal: Int] = [:]
    /// Events that were offered to runs which came later than they.
    package var caughtUp = 0
    /// Events that were let go before a run could come for them, since there were too many.
    package var recentDropped = 0
    /// Identifiers of ended runs that were let go early, since there were too many.
    package var forgottenEarly = 0

    mutating func count(_ change: AppliedChange) {
        switch change {
        case .adopted: adopted += 1
        case .advanced: advanced += 1
        case .completed: completed += 1
        case .halted: halted += 1
        case .recorded: recorded += 1
        case .ignored: ignored += 1
        case .refused(let why): refused[why, default: 0] += 1
        }
    }
}
