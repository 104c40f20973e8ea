@testable import BoboEngine

/// Adds up the changes of an engine: each run starts once, ends once, and its history grows event by event.
struct RunLedger {
    private struct Account: Hashable {
        let phenomenon: String
        let pattern: String
        let run: RunIdentifier
    }

    private var lengths: [Account: (count: Int, block: Int)] = [:]
    private(set) var completed = 0
    private(set) var faults: [String] = []

    var activeRuns: Int { lengths.count }

    mutating func take(_ changes: [Change]) {
        for change in changes {
            if change.runs.isEmpty { faults.append("\(change.kind) of no run") }
            for part in change.runs {
                take(
                    change, part, Account(phenomenon: change.phenomenon, pattern: change.pattern, run: part.identifier))
            }
        }
    }

    private mutating func take(_ change: Change, _ part: Change.RunPart, _ account: Account) {
        func fault(_ text: String) {
            faults.append("\(account.phenomenon)/\(account.pattern) \(change.kind) \(change.timestamp): \(text)")
        }
        let known = lengths[account]
        if case .started = change.kind {
            if known != nil { fault("is started already") }
            if part.base != 0 || change.accepted == nil { fault("starts with \(part.base) events") }
            lengths[account] = (1, change.block)
            return
        }
        guard let known else {
            // A pattern of one block completes at once.
            guard change.kind == .completed, part.base == 0, change.accepted != nil, change.block == 1 else {
                return fault("was not started")
            }
            completed += 1
            return
        }
        if part.base != known.count { fault("base \(part.base), has \(known.count)") }
        switch change.kind {
        case .started: break
        case .advanced:
            if change.block < known.block { fault("goes back to \(change.block) from \(known.block)") }
            lengths[account] = (known.count + (change.accepted == nil ? 0 : 1), change.block)
        case .completed:
            completed += 1
            if change.block != known.block { fault("completes at \(change.block), last seen at \(known.block)") }
            lengths[account] = nil
        case .halted:
            if change.block != known.block { fault("halts at \(change.block), last seen at \(known.block)") }
            lengths[account] = nil
        }
    }
}
