import BoboEngine
import BoboTopics
import Dispatch
import Foundation
import Synchronization

/// Shows complex events on standard output as they occur, without making the gateway wait for whoever reads it: where too
/// many wait to be shown, further ones are left out and counted.
final class EventPrinter: Sendable {
    private static let maximumWaiting = 10_000

    private let queue = DispatchQueue(label: "bobo.output")
    private let waiting = Mutex((count: 0, leftOut: 0))
    private let isTerminal = isatty(STDOUT_FILENO) == 1

    func show(_ event: ComplexEvent) {
        let isTaken = waiting.withLock { state in
            guard state.count < EventPrinter.maximumWaiting else {
                state.leftOut += 1
                return false
            }
            state.count += 1
            return true
        }
        guard isTaken else { return }
        queue.async { [self] in
            write(isTerminal ? EventLineForPeople(event).text : String(decoding: event.json, as: UTF8.self))
            let leftOut = waiting.withLock { state in
                state.count -= 1
                guard state.count == 0 else { return 0 }
                defer { state.leftOut = 0 }
                return state.leftOut
            }
            if leftOut > 0 { say("\(leftOut) complex events were not shown: standard output was too slow") }
        }
    }

    /// Waits, a second at most, until all is shown.
    func finish() {
        let done = DispatchSemaphore(value: 0)
        queue.async { done.signal() }
        _ = done.wait(timeout: .now() + 1)
    }

    private func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
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

/// A complex event as a person reads it: when, what, of which key, and what led to it.
struct EventLineForPeople {
    let text: String

    init(_ event: ComplexEvent) {
        let time = Date(timeIntervalSince1970: Double(event.timestamp) / 1000)
        let hour = time.formatted(
            Date.VerbatimFormatStyle(
                format:
                    "\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)",
                timeZone: .current, calendar: Calendar(identifier: .gregorian)))
        let shown = event.history.suffix(3).map { event in
            "\(event.topic.name) \(EventLineForPeople.shortened(event.body))"
        }
        let more = event.history.count > shown.count ? "… → " : ""
        let key = event.key == "null" ? "" : " \(event.key)"
        let data = event.data == "null" ? "" : "  \(event.data)"
        text = "\(hour)  \(event.phenomenon)\(key)\(data)  after \(more)\(shown.joined(separator: " → "))"
    }

    private static func shortened(_ body: Body) -> String {
        guard body.format != .bytes else { return "(\(body.bytes.count) bytes)" }
        let text = String(decoding: body.bytes, as: UTF8.self).filter { !$0.isNewline }
        return text.count > 40 ? text.prefix(39) + "…" : text
    }
}
