import BoboEngine
import Logging

/// Says which actions fail: each of them once, until it succeeds again. A server that is away would fill the log.
struct ActionLog {
    private struct Place: Hashable {
        let phenomenon: String
        let pattern: String
        let index: Int
    }

    private let logger: Logger
    private var failing: Set<Place> = []
    private var doubtful: Set<Place> = []
    private(set) var succeeded = 0
    private(set) var failed = 0

    init(_ logger: Logger) { self.logger = logger }

    mutating func note(_ request: ActionRequest, _ outcome: ActionOutcome) {
        let place = Place(phenomenon: request.phenomenon, pattern: request.pattern, index: request.index)
        let facts: Logger.Metadata = [
            "phenomenon": "\(request.phenomenon)", "action": "\(request.name)", "index": "\(request.index)",
        ]
        let reason = request.masked(outcome.error ?? "")
        guard !outcome.isSuccess else {
            succeeded += 1
            if failing.remove(place) != nil { logger.info("an action succeeds again", metadata: facts) }
            if !reason.isEmpty, doubtful.insert(place).inserted {
                logger.warning("an action may not have done what it was to: \(reason)", metadata: facts)
            }
            return
        }
        failed += 1
        let isNew = failing.insert(place).inserted
        logger.log(level: isNew ? .warning : .debug, "an action failed: \(reason)", metadata: facts)
    }
}
