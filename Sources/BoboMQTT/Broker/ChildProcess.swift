import Glibc

/// A process of a session of its own.
///
/// Foundation's and Subprocess' processes are bound to run loops and tasks; this one is asked when its owner likes.
final class ChildProcess {
    let id: pid_t
    /// As `waitpid` gives it, nil while it runs.
    private var status: Int32?

    /// - Parameters:
    ///   - input: A descriptor that becomes its standard input; nil: nothing to read.
    ///   - output: A file that standard output and standard error are appended to; nil: nowhere.
    init(
        _ executable: String, _ arguments: [String], input: Int32? = nil, output: String? = nil
    ) throws(EmbeddedBrokerError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, output ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | Int32(ChildProcess.newSession)))

        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, executable, &actions, &attributes, &words, environ)
        guard code == 0 else { throw .system("start \(executable)", code) }
        self.id = id
    }

    var isRunning: Bool { exitStatus == nil }

    /// The exit code, or the number of the signal that ended it; nil while it runs.
    var exitStatus: Int32? {
        if status == nil {
            var status: Int32 = 0
            if waitpid(id, &status, WNOHANG) == id { self.status = status }
        }
        return status.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : $0 & 0x7F }
    }

    func send(_ signal: Int32) {
        // The number may belong to another process once the exit was taken.
        if isRunning { kill(id, signal) }
    }

    /// - Returns: Whether it has ended in time.
    func waitForExit(_ timeout: Duration) -> Bool {
        let deadline = ContinuousClock.now + timeout
        while isRunning {
            guard ContinuousClock.now < deadline else { return false }
            poll(nil, 0, 2)
        }
        return true
    }

    /// `POSIX_SPAWN_SETSID`, which glibc's and musl's headers hide from Swift.
    private static let newSession = 0x80
}
