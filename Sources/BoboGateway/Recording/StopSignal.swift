import Glibc

/// SIGINT and SIGTERM as something to poll, for commands that drive their own loop.
package enum StopSignal {
    /// Both ends of a pipe; a byte in it is a signal that came.
    private static let ends: (read: Int32, write: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return (ends[0], ends[1])
    }()

    /// Readable once one of them has come, and from then on.
    package static var descriptor: Int32 { ends.read }

    package static func install() {
        // Made before any signal can come: the handler may only use what is there.
        guard ends.write >= 0 else { return }
        for number in [SIGINT, SIGTERM] { signal(number) { _ in StopSignal.raise() } }
        // A reader of standard output, or a broker, that has gone shows by the call that fails.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Runs within a signal handler: `write` is all that it does.
    private static func raise() {
        let before = errno
        var byte: UInt8 = 1
        _ = write(ends.write, &byte, 1)
        errno = before
    }
}
