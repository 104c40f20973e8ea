import BoboEngine
import Foundation
import Synchronization

/// Runs a program to its end, or ends it.
enum ProgramRun {
    /// Between the request to end and the end without one.
    private static let grace = Duration.seconds(1)
    /// How often it looks whether it is to be ended.
    private static let pulse = Duration.milliseconds(50)
    /// Bytes of what it said on standard error that `error` holds.
    private static let complaintLimit = 1000

    /// Each has a thread, which waits for the program's pipes.
    static func outcome(of call: ProgramCall) async -> ActionOutcome {
        let request = StopRequest()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread { continuation.resume(returning: carryOut(call, request)) }
                thread.name = "bobo-exec"
                thread.stackSize = 256 << 10
                thread.start()
            }
        } onCancel: {
            request.isMade.store(true, ordering: .relaxed)
        }
    }

    private final class StopRequest: Sendable {
        let isMade = Atomic(false)
    }

    private enum Ending {
        case none, timeout, stop
    }

    private static func carryOut(_ call: ProgramCall, _ request: StopRequest) -> ActionOutcome {
        ignoreBrokenPipes()
        let program: SpawnedProgram
        do throws(SpawnedProgram.Failure) {
            program = try SpawnedProgram(call)
        } catch {
            return ActionOutcome(isSuccess: false, error: "\(error)")
        }
        let pipes = ProgramPipes(program, input: call.input)
        let deadline = ContinuousClock.now + call.timeout
        var ending = Ending.none
        var killsAt: ContinuousClock.Instant?
        while !program.hasEnded {
            let now = ContinuousClock.now
            if ending == .none, now >= deadline || request.isMade.load(ordering: .relaxed) {
                ending = now >= deadline ? .timeout : .stop
                program.send(SIGTERM)
                killsAt = now + grace
            }
            if let time = killsAt, now >= time {
                program.send(SIGKILL)
                killsAt = nil
            }
            let next = min(pulse, ending == .none ? deadline - now : pulse)
            pipes.transfer(waiting: pipes.isOpen ? next : .milliseconds(5))
        }
        pipes.transfer(waiting: .zero)
        // Also what it has left behind in its group.
        let status = program.end()
        pipes.transfer(waiting: .zero)
        return outcome(status, ending, pipes, call)
    }

    private static func outcome(
        _ status: SpawnedProgram.Status, _ ending: Ending, _ pipes: ProgramPipes, _ call: ProgramCall
    ) -> ActionOutcome {
        let output = String(decoding: pipes.output, as: UTF8.self)
        switch (ending, status) {
        case (.timeout, _):
            return ActionOutcome(
                isSuccess: false, output: output, error: "it did not end within \(call.timeout), and was ended")
        case (.stop, _): return ActionOutcome(isSuccess: false, output: output, error: ActionWorkers.stopped)
        case (.none, .exited(0)): return ActionOutcome(isSuccess: true, status: 0, output: output)
        case (.none, .exited(let code)):
            return ActionOutcome(
                isSuccess: false, status: code, output: output, error: "exit status \(code)\(complaint(pipes))")
        case (.none, .signalled(let signal)):
            return ActionOutcome(
                isSuccess: false, output: output, error: "ended by signal \(signal)\(complaint(pipes))")
        }
    }

    private static func complaint(_ pipes: ProgramPipes) -> String {
        let text = String(decoding: pipes.errors.prefix(complaintLimit), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? "" : ": \(text)"
    }

    /// A program that does not read its input is no reason for this one to end. Of this thread alone.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
