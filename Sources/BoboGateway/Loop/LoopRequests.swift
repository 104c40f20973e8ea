import Synchronization

/// What other threads ask of the gateway's loop.
final class LoopRequests: Sendable {
    private struct State {
        var isStopping = false
        var patterns: EnginePreparation?
    }

    let wakeUp = WakeUp()
    private let state = Mutex(State())

    func stop() {
        state.withLock { $0.isStopping = true }
        wakeUp.signal()
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Patterns that have changed.
    func replace(_ patterns: EnginePreparation) {
        state.withLock { $0.patterns = patterns }
        wakeUp.signal()
    }

    func takePatterns() -> EnginePreparation? {
        state.withLock { state in
            defer { state.patterns = nil }
            return state.patterns
        }
    }
}
