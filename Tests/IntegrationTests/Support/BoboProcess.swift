import Foundation

/// A running `bobo`, as built with these tests, or another program. It is killed when the test lets go of it.
final class BoboProcess {
    let id: pid_t
    let output: CollectedOutput
    let errors: CollectedOutput
    private let input: FileHandle
    private let exit: Exit

    /// - Parameters:
    ///   - folder: The working directory. One of its own by default, so that no `bobo.yaml` is about.
    ///   - environment: Instead of the tests' own, beside PATH.
    ///   - program: Instead of `bobo`.
    init(
        _ arguments: [String], in folder: TestFolder, environment: [String: String] = [:], program: String? = nil
    ) throws {
        let executable = program ?? Self.executable
        let (inputPipe, outputPipe, errorPipe) = (try PipeEnds(), try PipeEnds(), try PipeEnds())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputPipe.reading.fileDescriptor, 0)
        posix_spawn_file_actions_adddup2(&actions, outputPipe.writing.fileDescriptor, 1)
        posix_spawn_file_actions_adddup2(&actions, errorPipe.writing.fileDescriptor, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let variables = environment.merging(["PATH": path]) { own, _ in own }.map { "\($0.key)=\($0.value)" }
        // `env` changes the folder, for which posix_spawn has no portable means, and becomes bobo.
        let command = ["/usr/bin/env", "-C", folder.path, executable] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var texts: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in words + texts { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, command[0], &actions, &attributes, &words, &texts)
        guard code == 0 else { throw CannotStart(executable: executable, code: code) }
        self.id = id
        try inputPipe.reading.close()
        try outputPipe.writing.close()
        try errorPipe.writing.close()
        input = inputPipe.writing
        output = CollectedOutput(reading: outputPipe.reading)
        errors = CollectedOutput(reading: errorPipe.reading)
        exit = Exit(of: id)
    }

    deinit {
        exit.send(SIGKILL)
        try? input.close()
    }

    /// Beside the tests in the build folder, where `swift test` has built it.
    static let executable: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/bobo"
    }()

    var isRunning: Bool { exit.status == nil }

    /// Waits for a line on standard error.
    @discardableResult
    func waitForLine(containing part: String, timeout: Duration = .seconds(10)) throws -> String {
        try errors.waitForLine(containing: part, timeout: timeout)
    }

    func write(_ text: String) throws { try input.write(contentsOf: Data(text.utf8)) }

    func closeInput() throws { try input.close() }

    func send(_ signal: Int32) { exit.send(signal) }

    /// - Returns: the exit status; of one ended by a signal 128 and its number, as a shell says it.
    func waitForExit(timeout: Duration = .seconds(10)) throws -> Int32 {
        guard let status = exit.wait(timeout) else {
            throw TimedOut(waitedFor: "exit", timeout: timeout, found: errors.text)
        }
        try output.waitForEnd(timeout: .seconds(5))
        try errors.waitForEnd(timeout: .seconds(5))
        return status
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], in folder: TestFolder, environment: [String: String] = [:], input: String = "",
        program: String = executable, timeout: Duration = .seconds(20)
    ) throws -> (status: Int32, output: String, errors: String) {
        let process = try BoboProcess(arguments, in: folder, environment: environment, program: program)
        try process.write(input)
        try process.closeInput()
        let status = try process.waitForExit(timeout: timeout)
        return (status, process.output.text, process.errors.text)
    }

    struct CannotStart: Error {
        let executable: String
        let code: Int32
    }
}

/// The end of a process, waited for by a thread.
///
/// Safe to share: `value` is read and changed under `condition` only.
private final class Exit: @unchecked Sendable {
    private let id: pid_t
    private let condition = NSCondition()
    private var value: Int32?

    init(of id: pid_t) {
        self.id = id
        Thread.detachNewThread { [self] in
            // The number stays the process' own till it is waited for, which is done under the lock: so that no signal
            // goes to another.
            var information = siginfo_t()
            while waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
            condition.withLock {
                var status: Int32 = 0
                waitpid(id, &status, 0)
                value = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
                condition.broadcast()
            }
        }
    }

    var status: Int32? { condition.withLock { value } }

    func send(_ signal: Int32) {
        condition.withLock { if value == nil { kill(id, signal) } }
    }

    func wait(_ timeout: Duration) -> Int32? {
        let limit = Date(timeIntervalSinceNow: timeout / .seconds(1))
        condition.lock()
        defer { condition.unlock() }
        while value == nil { guard condition.wait(until: limit) else { break } }
        return value
    }
}
