import BoboEngine
import CSpawn
import Foundation

/// A program that runs, in a process group of its own, which ends with it.
///
/// The group has to be ended before its number is free for another, and so before the program's exit is taken; swift-subprocess
/// takes that by itself, and reads until the last of its descendants has let go of the pipe.
final class SpawnedProgram {
    enum Status {
        case exited(Int)
        case signalled(Int)
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Inherited, if they are there: what a program needs to find its way about. Not what the gateway itself is told, such as
    /// `BOBO_BROKER_PASSWORD`.
    private static let inherited: Set<String> = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "XDG_RUNTIME_DIR",
        "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY",
    ]

    private let id: pid_t
    /// This side of its pipes. The input's is -1 where it has none to read.
    let input: Int32
    let output: Int32
    let errors: Int32

    init(_ call: ProgramCall) throws(Failure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var opened: [Int32] = []
        func pipeEnds() throws(Failure) -> (reading: Int32, writing: Int32) {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                for descriptor in opened { close(descriptor) }
                throw Failure(description: "no pipe: \(String(cString: strerror(errno)))")
            }
            opened += ends
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
        var theirs: [Int32] = []
        if call.input.isEmpty {
            input = -1
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        } else {
            let ends = try pipeEnds()
            input = ends.writing
            theirs.append(ends.reading)
            posix_spawn_file_actions_adddup2(&actions, ends.reading, 0)
        }
        let outputEnds = try pipeEnds()
        let errorEnds = try pipeEnds()
        (output, errors) = (outputEnds.reading, errorEnds.reading)
        theirs += [outputEnds.writing, errorEnds.writing]
        posix_spawn_file_actions_adddup2(&actions, outputEnds.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, errorEnds.writing, 2)
        // The broker's connections, above all, which must end with the gateway.
        bobo_spawn_close_from(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        SpawnedProgram.setUp(&attributes)

        var words: [UnsafeMutablePointer<CChar>?] = ([call.program] + call.arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            SpawnedProgram.environment(call).map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let code = posix_spawnp(&id, call.program, &actions, &attributes, &words, &variables)
        for descriptor in code == 0 ? theirs : opened { close(descriptor) }
        guard code == 0 else {
            throw Failure(description: "\(call.program) cannot be started: \(String(cString: strerror(code)))")
        }
        self.id = id
        for descriptor in [input, output, errors] where descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    private static func setUp(_ attributes: inout posix_spawnattr_t) {
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    private static func environment(_ call: ProgramCall) -> [String: String] {
        let own = ProcessInfo.processInfo.environment
        let passed = own.filter { inherited.contains($0.key) || $0.key.hasPrefix("LC_") }
        return passed.merging(call.environment.map { ($0.name, $0.value) }) { $1 }
    }

    /// Whether it is over; its exit is not taken yet.
    var hasEnded: Bool {
        var information = siginfo_t()
        let result = waitid(P_PID, id_t(id), &information, WEXITED | WNOHANG | WNOWAIT)
        return result == 0 ? information.si_signo != 0 : errno != EINTR
    }

    /// To all of its group.
    func send(_ signal: Int32) { kill(-id, signal) }

    /// Ends what it left behind in its group, and takes its exit. Only once, and when it has ended.
    func end() -> Status {
        send(SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? .exited(Int((status >> 8) & 0xFF)) : .signalled(Int(status & 0x7F))
    }
}
