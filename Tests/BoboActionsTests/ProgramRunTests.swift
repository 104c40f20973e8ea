import BoboEngine
import Foundation
import Testing

@testable import BoboActions

/// Programs that actions run, with real ones.
@Suite struct ProgramRunTests {
    private func run(_ exec: String) async throws -> ActionOutcome {
        let request = try #require(try ActionCourseTests.requests("[{exec: \(exec)}]").first)
        guard case .exec(let call) = request.work else { throw CancellationError() }
        return await ProgramRun.outcome(of: call)
    }

    /// A text as YAML's own in single quotes.
    private func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

    private func shell(_ script: String, _ rest: String = "") async throws -> ActionOutcome {
        try await run("{command: [sh, -c, \(quoted(script))]\(rest)}")
    }

    @Test func whatItWritesIsTheOutput() async throws {
        let outcome = try await run("{command: [printf, '%s|', a, 'b c', '']}")
        #expect(outcome.isSuccess && outcome.status == 0 && outcome.output == "a|b c||" && outcome.error == nil)
    }

    @Test func aStatusThatIsNotZeroIsAFailureWithWhatItComplainedOf() async throws {
        let outcome = try await shell("echo out; echo why >&2; exit 3")
        #expect(!outcome.isSuccess && outcome.status == 3)
        #expect(outcome.output == "out\n" && outcome.error == "exit status 3: why")
    }

    @Test func aSignalIsAFailureWithoutAStatus() async throws {
        let outcome = try await shell("kill -KILL $$")
        #expect(outcome.status == nil && outcome.error == "ended by signal 9")
    }

    @Test func aProgramThatIsNotThereIsAFailure() async throws {
        let outcome = try await run("{command: [no-such-program-anywhere]}")
        #expect(outcome.error == "no-such-program-anywhere cannot be started: No such file or directory")
        #expect(try await run("{command: [/etc/passwd]}").error == "/etc/passwd cannot be started: Permission denied")
    }

    @Test func itsInputIsGivenAndEnds() async throws {
        #expect(try await run("{command: [cat], input: {a: [1, x]}}").output == #"{"a":[1,"x"]}"#)
        #expect(try await run("{command: [cat]}").output == "")
    }

    @Test func aProgramThatDoesNotReadItsInputIsNotWaitedFor() async throws {
        let text = String(repeating: "x", count: 300_000)
        #expect(try await run("{command: ['true'], input: \(text)}").isSuccess)
        let slow = try await shell("sleep 0.2; wc -c", ", input: \(text)")
        #expect(slow.output.trimmingCharacters(in: .whitespacesAndNewlines) == "300000")
    }

    @Test func onlySoMuchOfTheOutputIsKeptAndTheRestHoldsNothingUp() async throws {
        let outcome = try await shell("head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2")
        #expect(outcome.isSuccess)
        #expect(outcome.output == String(repeating: "x", count: 4096))
    }

    @Test func theGatewaysOwnVariablesAreNotInherited() async throws {
        setenv("BOBO_BROKER_PASSWORD", "hush", 1)
        defer { unsetenv("BOBO_BROKER_PASSWORD") }
        let outcome = try await run("{command: [env], environment: {MINE: 'a b', PATH: /usr/bin:/bin}}")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.contains("MINE=a b") && lines.contains("PATH=/usr/bin:/bin"))
        #expect(!outcome.output.contains("hush"))
    }

    @Test func noDescriptorOfTheGatewayIsPassedOn() async throws {
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        let outcome = try await run("{command: [ls, /proc/self/fd]}")
        // The fourth is of the listing itself.
        #expect(outcome.output.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test func theTimeoutEndsItsWholeGroup() async throws {
        let folder = NSTemporaryDirectory() + "bobo-exec-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The grandchild does not heed SIGTERM.
        let outcome = try await shell(
            "(trap '' TERM; echo $BASHPID; sleep 1000 & echo $! > \(folder)/grandchild; wait; sleep 1000) & sleep 1000",
            ", timeout: 3s")
        #expect(!outcome.isSuccess && outcome.status == nil)
        #expect(outcome.error == "it did not end within 3.0 seconds, and was ended")
        let text = try String(contentsOfFile: folder + "/grandchild", encoding: .utf8)
        let grandchild = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // Whoever adopts it takes its exit in a moment.
        let deadline = ContinuousClock.now + .seconds(10)
        while isRunning(grandchild), ContinuousClock.now < deadline { poll(nil, 0, 10) }
        #expect(!isRunning(grandchild))
    }

    @Test func whatAProgramLeavesBehindEndsWithIt() async throws {
        let outcome = try await shell("sleep 1000 & echo $!", ", timeout: 30s")
        #expect(outcome.isSuccess, "it holds the pipe, and is not waited for until the timeout")
        let left = try #require(pid_t(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        let deadline = ContinuousClock.now + .seconds(10)
        while isRunning(left), ContinuousClock.now < deadline { poll(nil, 0, 10) }
        #expect(!isRunning(left))
    }

    @Test func noZombieIsLeft() async throws {
        for _ in 0..<20 { #expect(try await run("{command: ['true']}").isSuccess) }
        let own = getpid()
        let children = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
            .filter { id in
                let fields = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8))?
                    .split(separator: ")").last?.split(separator: " ")
                return fields?.first == "Z" && fields?.dropFirst().first == "\(own)" && name(of: id) == "true"
            }
        #expect(children == [])
    }

    @Test func theGatewaysStopEndsIt() async throws {
        let request = try #require(try ActionCourseTests.requests("[{exec: {command: [sleep, '100']}}]").first)
        guard case .exec(let call) = request.work else { return }
        let task = Task { await ProgramRun.outcome(of: call) }
        task.cancel()
        #expect(await task.value.error == ActionWorkers.stopped)
    }

    private func isRunning(_ id: pid_t) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
        return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    private func name(of id: pid_t) -> String? {
        try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8).trimmingCharacters(in: .newlines)
    }
}
