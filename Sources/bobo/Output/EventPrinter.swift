import BoboEngine
import Foundation
import Synchronization

/// Shows complex events on standard output as they occur, on a thread of its own, so that the gateway never waits for
/// whoever reads it: where too much waits to be shown, further events are left out and counted.
final class EventPrinter: Sendable {
    /// Bytes; a single event may be larger.
    private static let maximumWaiting = 16 << 20

    private struct State {
        var lines: [UInt8] = []
        var leftOut = 0
        var isWriting = false
        var isFinished = false
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let gateway: String?

    /// - Parameter gateway: a name to show with each event; nil: none.
    init(gateway: String? = nil) {
        self.gateway = gateway
        let thread = Thread { [self] in work() }
        thread.name = "bobo-output"
        thread.start()
    }

    func show(_ event: ComplexEvent) {
        let line = isTerminal ? Array(EventLineForPeople(event, gateway: gateway).text.utf8) : event.json
        let isFirst = state.withLock { state in
            guard state.lines.isEmpty || state.lines.count + line.count < EventPrinter.maximumWaiting else {
                state.leftOut += 1
                return false
            }
            state.lines.append(contentsOf: line)
            state.lines.append(0x0A)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isFirst { news.signal() }
    }

    /// Waits, a second at most, until all is shown.
    func finish() {
        state.withLock { $0.isFinished = true }
        news.signal()
        _ = done.wait(timeout: .now() + 1)
    }

    private func work() {
        while true {
            news.wait()
            while true {
                let (lines, leftOut) = state.withLock { state in
                    let taken = (state.lines, state.leftOut)
                    state.lines = []
                    state.leftOut = 0
                    if taken.0.isEmpty { state.isWriting = false }
                    return taken
                }
                if lines.isEmpty { break }
                write(lines)
                if leftOut > 0 { say("\(leftOut) complex events were not shown: standard output was too slow") }
            }
            if state.withLock({ $0.isFinished }) {
                done.signal()
                return
            }
        }
    }

    private func write(_ bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(STDOUT_FILENO, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            // Whoever read it may have gone; the gateway goes on.
            guard count > 0 || errno == EINTR else { return }
            written += max(0, count)
        }
    }
}
