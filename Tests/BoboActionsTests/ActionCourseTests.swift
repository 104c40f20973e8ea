import BoboEngine
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Testing

@testable import BoboActions

/// Sequences, and what waits.
@Suite struct ActionCourseTests {
    /// The requests of a run that completes with the first event.
    static func requests(_ actions: String, phenomenon: String = "p") throws -> [ActionRequest] {
        let problems = ProblemCollector()
        let paths = PathTable()
        let text =
            "phenomenon: \(phenomenon)\npatterns: [{name: q, blocks: [{followed_by: true}]}]\nactions: \(actions)"
        let phenomena = PatternFiles(paths: paths, problems: problems).load(texts: [(file: "p.yaml", text: text)])
        #expect(problems.errors.map(\.description) == [])
        var options = EngineOptions()
        options.defaultInput = [try TopicFilter("#")]
        let engine = Engine(phenomena, paths: paths, options: options)
        Array("1".utf8).withUnsafeBytes {
            engine.take(Message(topic: "t", payload: $0, arrival: 1_764_000_000_000, isRetained: false, number: 1))
        }
        return engine.takeOutputs().compactMap { if case .action(let request) = $0 { request } else { nil } }
    }

    private func course(_ action: String) throws -> ActionCourse {
        ActionCourse(try #require(try Self.requests("[\(action)]").first))
    }

    /// What was carried out, by the messages of logs; those that hold `bad` fail.
    private func carryOut(_ action: String) throws -> (done: [String], outcome: ActionOutcome) {
        var course = try course(action)
        var done: [String] = []
        while let work = course.work {
            guard case .log(let message, _) = work else {
                done.append("failed")
                course.take(ActionOutcome(isSuccess: false, error: "expression"))
                continue
            }
            done.append(message)
            let isSuccess = !message.contains("bad")
            course.take(
                ActionOutcome(isSuccess: isSuccess, output: "of \(message)", error: isSuccess ? nil : "no \(message)"))
        }
        return (done, course.outcome)
    }

    private func logs(_ messages: String...) -> String {
        "[" + messages.map { "{log: {message: \($0)}}" }.joined(separator: ", ") + "]"
    }

    @Test func aSequenceIsDoneInOrder() throws {
        let (done, outcome) = try carryOut("{sequence: \(logs("a", "b", "c"))}")
        #expect(done == ["a", "b", "c"])
        #expect(outcome.isSuccess && outcome.output == "of c" && outcome.error == nil)
    }

    @Test func aSequenceStopsAtAFailure() throws {
        let (done, outcome) = try carryOut("{sequence: \(logs("a", "bad", "c"))}")
        #expect(done == ["a", "bad"])
        #expect(!outcome.isSuccess && outcome.error == "step 2, log: no bad" && outcome.output == "of bad")
    }

    @Test func aSequenceThatDoesNotStopFailsNeverthelessAndSaysOfTheFirst() throws {
        let (done, outcome) = try carryOut("{sequence: \(logs("a", "bad1", "b", "bad2", "c")), stop_on_failure: false}")
        #expect(done == ["a", "bad1", "b", "bad2", "c"])
        #expect(!outcome.isSuccess && outcome.error == "step 2, log: no bad1")
    }

    @Test func aSequenceWithinOneCountsAsOneStep() throws {
        let inner = "{sequence: \(logs("b", "bad", "c")), stop_on_failure: false}"
        let (done, outcome) = try carryOut("{sequence: [{log: {message: a}}, \(inner), {log: {message: d}}]}")
        #expect(done == ["a", "b", "bad", "c"])
        #expect(outcome.error == "step 2, sequence: step 2, log: no bad")
    }

    @Test func aStepWhoseExpressionFailsFailsAtItsTurn() throws {
        let (done, outcome) = try carryOut("{sequence: [{log: {message: a}}, {log: {message: '${payload.x}'}}]}")
        #expect(done == ["a", "failed"])
        #expect(outcome.error == "step 2, log: expression")
    }

    @Test func oneActionIsACourseOfOnePiece() throws {
        let (done, outcome) = try carryOut("{log: {message: a}}")
        #expect(done == ["a"] && outcome.isSuccess)
    }

    // MARK: What waits

    @Test func moreThanMayWaitAreRefusedAndCounted() throws {
        let queue = ActionQueue(ActionWorkers(agent: "test") {})
        let request = try #require(try Self.requests("[{exec: {command: [sleep, '100']}}]").first)
        let course = ActionCourse(request)
        let job = try #require(course.work.flatMap { ActionJob($0) })
        for _ in 0..<(ActionQueue.workersOfOne + ActionQueue.limit) { #expect(queue.take(course, job) == nil) }
        #expect(queue.running == ActionQueue.workersOfOne)
        #expect(queue.take(course, job) == "dropped: 1000 actions wait already")
        #expect(queue.dropped == 1)
        // Another phenomenon has workers left, but no room to wait.
        #expect(queue.close().count == ActionQueue.limit)
        #expect(queue.take(course, job) == ActionQueue.notBegun)
    }

    @Test func aPhenomenonLeavesWorkersToOthers() throws {
        let queue = ActionQueue(ActionWorkers(agent: "test") {})
        func take(_ phenomenon: String) throws {
            let text = "[{exec: {command: [sleep, '100']}}]"
            let course = ActionCourse(try #require(try Self.requests(text, phenomenon: phenomenon).first))
            #expect(queue.take(course, try #require(course.work.flatMap { ActionJob($0) })) == nil)
        }
        for _ in 0..<20 { try take("busy") }
        #expect(queue.running == 4)
        try take("other")
        #expect(queue.running == 5)
        #expect(queue.waiting == 16)
        #expect(queue.close().count == 16)
    }
}
