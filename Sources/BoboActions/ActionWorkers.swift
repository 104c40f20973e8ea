import BoboEngine
import Synchronization

/// Carries out what takes its time, away from the thread that processes events.
package final class ActionWorkers: Sendable {
    static let stopped = "the gateway stopped before it ended"

    private struct State {
        var ended: [(ticket: Int, outcome: ActionOutcome)] = []
        var tasks: [Int: Task<Void, Never>] = [:]
    }

    private let state = Mutex(State())
    private let http: HTTPCaller
    private let onEnd: @Sendable () -> Void

    /// - Parameters:
    ///   - agent: what servers are told of who asks.
    ///   - onEnd: called when something has ended, on any thread.
    package init(agent: String, onEnd: @escaping @Sendable () -> Void) {
        http = HTTPCaller(agent: agent)
        self.onEnd = onEnd
    }

    func start(_ job: ActionJob, ticket: Int) {
        // The task's end waits for the lock, so that it is in the table before.
        state.withLock { state in
            state.tasks[ticket] = Task.detached { [self] in
                let outcome = await outcome(of: job)
                self.state.withLock { state in
                    state.ended.append((ticket, outcome))
                    state.tasks[ticket] = nil
                }
                onEnd()
            }
        }
    }

    func takeEnded() -> [(ticket: Int, outcome: ActionOutcome)] {
        state.withLock { state in
            defer { state.ended = [] }
            return state.ended
        }
    }

    func cancelAll() {
        for task in state.withLock({ Array($0.tasks.values) }) { task.cancel() }
    }

    /// Lets go of what is kept for further requests. Nothing is to be started after it.
    package func end() { http.end() }

    private func outcome(of job: ActionJob) async -> ActionOutcome {
        switch job {
        case .http(let call): await http.outcome(of: call)
        case .exec(let call): await ProgramRun.outcome(of: call)
        }
    }
}
