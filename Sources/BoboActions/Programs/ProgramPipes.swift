import BoboEngine
import Foundation

/// What goes to a program and what comes from it: of that only so much is kept, the rest is read and forgotten, so that the
/// program is not held up.
final class ProgramPipes {
    private let input: [UInt8]
    private var written = 0
    private var inputEnd: Int32
    private var outputEnd: Int32
    private var errorsEnd: Int32
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []

    init(_ program: SpawnedProgram, input: [UInt8]) {
        self.input = input
        inputEnd = program.input
        outputEnd = program.output
        errorsEnd = program.errors
    }

    deinit {
        for descriptor in [inputEnd, outputEnd, errorsEnd] where descriptor >= 0 { close(descriptor) }
    }

    var isOpen: Bool { outputEnd >= 0 || errorsEnd >= 0 }

    /// Writes and reads what can be, once something can.
    func transfer(waiting: Duration) {
        // A negative descriptor is passed over.
        var descriptors = [
            pollfd(fd: inputEnd, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: outputEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errorsEnd, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = max(0, waiting / .milliseconds(1))
        guard poll(&descriptors, 3, Int32(milliseconds.rounded(.up))) > 0 else { return }
        if descriptors[0].revents != 0 { write() }
        if descriptors[1].revents != 0 { read(&outputEnd, into: \.output) }
        if descriptors[2].revents != 0 { read(&errorsEnd, into: \.errors) }
    }

    private func write() {
        let count = input.withUnsafeBytes { bytes in
            Foundation.write(inputEnd, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        }
        if count > 0 { written += count }
        let isBroken = count < 0 && errno != EAGAIN && errno != EINTR
        guard isBroken || written >= input.count else { return }
        close(inputEnd)
        inputEnd = -1
    }

    private func read(_ end: inout Int32, into kept: ReferenceWritableKeyPath<ProgramPipes, [UInt8]>) {
        // So much at a time, so that a program that writes without end does not hide the clock.
        for _ in 0..<64 {
            let count = Foundation.read(end, &buffer, buffer.count)
            if count > 0 {
                let room = ActionOutcome.outputLimit - self[keyPath: kept].count
                if room > 0 { self[keyPath: kept] += buffer.prefix(min(count, room)) }
                continue
            }
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            close(end)
            end = -1
            return
        }
    }
}
