import Glibc

/// Ends a process when this one is gone, even by SIGKILL: a shell reads from a socket whose other end only the owner holds.
///
/// The system's own means (`PR_SET_PDEATHSIG`) goes by the thread that started the process, not by the owner, and is
/// dropped when the process changes its user, as mosquitto does.
final class Watchdog {
    private let shell: ChildProcess
    private let socket: Int32

    init(of id: pid_t) throws(EmbeddedBrokerError) {
        var ends: [Int32] = [-1, -1]
        // Closed on exec from the start, since another thread may start a process at any time.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw .system("a socket pair")
        }
        defer { close(ends[0]) }
        let script = """
            read -r word
            [ "$word" = done ] && exit
            kill -TERM \(id) || exit
            for tenth in $(seq 50); do sleep 0.1; kill -0 \(id) || exit; done
            kill -KILL \(id)
            """
        do {
            shell = try ChildProcess("/bin/sh", ["-c", script], input: ends[0])
        } catch {
            close(ends[1])
            throw error
        }
        socket = ends[1]
    }

    /// The process has ended, so nothing is left to be done.
    deinit {
        _ = Array("done\n".utf8).withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        close(socket)
        _ = shell.waitForExit(.seconds(5))
    }
}
