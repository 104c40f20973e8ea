package import BoboEngine
import Foundation
import Synchronization

/// Where a gateway's loop and those who look at it meet. The loop takes questions here and puts values down, once a turn
/// where somebody asks; it waits for nobody. Those who look ask from any thread.
package final class GatewayObservation: Sendable {
    /// Which runs are asked for.
    package struct RunQuestion: Sendable {
        package var pattern: PatternName
        /// nil: those at any block.
        package var block: Int?
        package var limit: Int
        package var historyLimit: Int

        package init(pattern: PatternName, block: Int?, limit: Int = 50, historyLimit: Int = 50) {
            self.pattern = pattern
            self.block = block
            self.limit = limit
            self.historyLimit = historyLimit
        }
    }

    /// What of a snapshot costs more than the rest, and is there for those alone who want it.
    package struct Wish: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let topics = Wish(rawValue: 1)
        /// The metrics are to be those of the snapshot.
        package static let metrics = Wish(rawValue: 2)
    }

    /// An answer that takes longer is none.
    private static let patience = Duration.seconds(5)
    private static let maximumQuestions = 64

    private struct State {
        var nextTicket: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<GatewaySnapshot?, Never>] = [:]
        /// Of all who wait for a snapshot.
        var wish: Wish = []
        /// Those for whom it is being taken.
        var served: [CheckedContinuation<GatewaySnapshot?, Never>] = []
        var questions: [(ticket: UInt64, question: RunQuestion)] = []
        var asking: [UInt64: CheckedContinuation<[RunSoFar]?, Never>] = [:]
        var events = ObservedEvents()
        var warnings = ObservedWarnings()
        var phenomena: [Phenomenon] = []
        /// Counts the times that patterns were taken.
        var edition: UInt64 = 0
        var gateways = OtherGateways()
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let wakeUp: @Sendable () -> Void

    /// - Parameter wakeUp: has the loop look for what is wanted.
    init(wakeUp: @escaping @Sendable () -> Void) { self.wakeUp = wakeUp }

    // MARK: For those who look

    /// Taken after this call; nil where the gateway has ended or does not answer, or where too many ask.
    package func snapshot(with wish: Wish = []) async -> GatewaySnapshot? {
        await answer(in: \.waiting) { state, _ in state.wish.formUnion(wish) }
    }

    /// nil where the gateway has ended or does not answer, or where too many ask.
    package func runs(_ question: RunQuestion) async -> [RunSoFar]? {
        await answer(in: \.asking) { state, ticket in state.questions.append((ticket, question)) }
    }

    /// The complex events that came after one, oldest first, as far as they are kept.
    package func events(after number: UInt64) -> [ObservedEvent] { state.withLock { $0.events.after(number) } }

    package var warnings: [ObservedWarnings.Line] { state.withLock { $0.warnings.lines } }

    /// The patterns, and how often they have been taken anew.
    package var patterns: (edition: UInt64, phenomena: [Phenomenon]) {
        state.withLock { ($0.edition, $0.phenomena) }
    }

    /// By instance.
    package var gateways: [OtherGateways.Line] { state.withLock { $0.gateways.lines } }

    private func answer<Answer: Sendable>(
        in waiting: any WritableKeyPath<State, [UInt64: CheckedContinuation<Answer?, Never>]> & Sendable,
        _ ask: @escaping @Sendable (inout State, UInt64) -> Void
    ) async -> Answer? {
        await withCheckedContinuation { continuation in
            let ticket = state.withLock { state -> UInt64? in
                guard !state.hasEnded, state[keyPath: waiting].count < GatewayObservation.maximumQuestions else {
                    return nil
                }
                state.nextTicket += 1
                state[keyPath: waiting][state.nextTicket] = continuation
                ask(&state, state.nextTicket)
                return state.nextTicket
            }
            guard let ticket else { return continuation.resume(returning: nil) }
            wakeUp()
            Task {
                try? await Task.sleep(for: GatewayObservation.patience)
                // Whoever takes it out resumes it.
                self.state.withLock { $0[keyPath: waiting].removeValue(forKey: ticket) }?.resume(returning: nil)
            }
        }
    }

    // MARK: For the loop

    /// What those wish who wait now; the snapshot that is put next is theirs. nil: nobody waits.
    func takeWish() -> Wish? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            defer { (state.waiting, state.wish) = ([:], []) }
            state.served = Array(state.waiting.values)
            return state.wish
        }
    }

    func put(_ snapshot: GatewaySnapshot) {
        let served = state.withLock { state in
            defer { state.served = [] }
            return state.served
        }
        for continuation in served { continuation.resume(returning: snapshot) }
    }

    func takeQuestions() -> [(ticket: UInt64, question: RunQuestion)] {
        state.withLock { state in
            defer { state.questions = [] }
            return state.questions
        }
    }

    func answer(_ ticket: UInt64, _ runs: [RunSoFar]) {
        state.withLock { $0.asking.removeValue(forKey: ticket) }?.resume(returning: runs)
    }

    func put(event json: [UInt8]) { state.withLock { $0.events.append(json) } }

    func put(warning: String, date: Int64) { state.withLock { $0.warnings.append(warning, date: date) } }

    func put(_ phenomena: [Phenomenon]) {
        state.withLock { state in
            state.phenomena = phenomena.sorted { $0.name < $1.name }
            state.edition += 1
        }
    }

    func put(status isOnline: Bool, of gateway: String, date: Int64) {
        state.withLock { $0.gateways.take(status: isOnline, of: gateway, date: date) }
    }

    func put(statistics json: [UInt8], of gateway: String, date: Int64) {
        state.withLock { $0.gateways.take(statistics: json, of: gateway, date: date) }
    }

    /// The loop has ended: nobody waits any longer.
    func end() {
        let (waiting, asking) = state.withLock { state in
            state.hasEnded = true
            defer { (state.waiting, state.served, state.asking) = ([:], [], [:]) }
            return (state.served + state.waiting.values, state.asking)
        }
        for continuation in waiting { continuation.resume(returning: nil) }
        for continuation in asking.values { continuation.resume(returning: nil) }
    }
}
