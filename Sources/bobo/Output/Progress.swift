import Foundation

/// A line on standard error that tells how far a long command is, where that is a terminal.
struct Progress {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var last = ContinuousClock.now

    /// At most ten times a second.
    mutating func show(_ text: @autoclosure () -> String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        guard now - last > .milliseconds(100) else { return }
        last = now
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text())".utf8))
    }

    func clear() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
