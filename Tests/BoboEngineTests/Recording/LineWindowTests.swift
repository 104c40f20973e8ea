import Testing

@testable import BoboEngine

/// Lines on so many topics that what they lead to is looked for in advance come to what their messages come to.
@Suite struct LineWindowTests {
    private static let topics = 700

    /// On each topic a pattern: of all events it looks at those beyond two bounds.
    private static func engine(_ keys: String) throws -> Engine {
        let patterns = (0..<topics).map { topic in
            """
              - name: q\(topic)
                input: [t/\(topic)]
                \(keys)
                blocks:
                  - followed_by: payload.n > \(2 + topic % 3)
                  - followed_by: payload.n < \(-2 - topic % 3)

            """
        }
        return try Trial(files: ["phenomenon: p\npatterns:\n" + patterns.joined()]).engine
    }

    @Test(arguments: ["max_runs: 100", "max_runs: 2", "singleton: true", "within: 2s"])
    func linesComeToWhatTheirMessagesComeTo(_ keys: String) throws {
        var generator = SeededGenerator(seed: 11)
        let messages = RecordedMessages(
            (0..<20_000).map { _ in
                let payload = generator.chance(0.02) ? "{\"v\":1}" : "{\"n\":\(generator.int(-6...6))}"
                // As many topics besides that no pattern names.
                return (topic: "t/\(generator.int(0...2 * LineWindowTests.topics))", payload: payload)
            })
        let (together, single) = (try LineWindowTests.engine(keys), try LineWindowTests.engine(keys))
        let ahead = try LineWindowTests.engine(keys)
        messages.take(oneByOne: single)
        messages.take(together: together) { _, number in Issue.record("line \(number)") }
        messages.take(ahead: ahead) { _, number in Issue.record("line \(number)") }
        let expected = single.takeTexts()
        #expect(expected.count > 500)
        #expect(together.takeTexts() == expected)
        #expect(ahead.takeTexts() == expected)
        for engine in [together, ahead] {
            #expect(engine.statistics.haltedRuns == single.statistics.haltedRuns)
            #expect(engine.statistics.activeRuns == single.statistics.activeRuns)
            #expect(engine.failures == single.failures)
        }
    }

    /// Messages that no pattern cares about count, and move the clock, unless their time is none.
    @Test func linesThatNobodyCaresAboutCount() throws {
        let engines = try (0..<3).map { _ in try LineWindowTests.engine("within: 1s") }
        var generator = SeededGenerator(seed: 3)
        let long = String(repeating: "x", count: EngineOptions().maximumPayload)
        let messages = RecordedMessages(
            (0..<4000).map { number in
                let payload = number % 1500 == 1400 ? "{\"n\":0,\"v\":\"\(long)\"}" : "{\"n\":\(number == 900 ? 6 : 0)}"
                return (topic: "t/\(number == 900 ? 7 : generator.int(0...20))", payload: payload)
            }, at: { Int64($0 / 2 - ($0 % 50 == 49 ? 200 : 0)) })
        messages.take(oneByOne: engines[0])
        messages.take(together: engines[1]) { _, number in Issue.record("line \(number)") }
        messages.take(ahead: engines[2]) { _, number in Issue.record("line \(number)") }
        let expected = engines[0].statistics
        #expect(expected.messages.tooLarge == 2 && expected.messages.events == 3998)
        #expect(expected.late > 70 && expected.haltedRuns == [.within: 1])
        for engine in engines[1...] {
            #expect(engine.statistics.messages == expected.messages)
            #expect(engine.statistics.late == expected.late)
            #expect(engine.statistics.haltedRuns == expected.haltedRuns)
            #expect(engine.now == engines[0].now)
        }
        let wild = RecordedMessages((0..<130).map { _ in (topic: "t/1", payload: "{\"n\":0}") }) {
            $0 == 129 ? EventLine.timestamps.upperBound + 1 : 5000
        }
        var others: [UInt64] = []
        wild.take(together: engines[1]) { _, number in others.append(number) }
        #expect(others == [130] && engines[1].now == 5000)
    }

    /// A message that no pattern cares about tells that their conditions do not fail always.
    @Test(arguments: [false, true])
    func aMessageThatIsPassedOverIsNoFailure(_ isFirst: Bool) throws {
        let engine = try LineWindowTests.engine("max_runs: 100")
        var messages = (1...30).map { _ in (topic: "t/5", payload: "{\"v\":1}") }
        messages.insert((topic: "t/5", payload: "{\"n\":0}"), at: isFirst ? 0 : 30)
        RecordedMessages(messages).take(together: engine) { _, number in Issue.record("line \(number)") }
        #expect(engine.takeWarnings().count == (isFirst ? 0 : 1))
        #expect(engine.failures.values.reduce(0, +) == 30)
    }

    /// What is known of topics is forgotten where they are too many, and so is what a window has found of them.
    @Test func topicsThatAreForgottenAreFoundAgain() throws {
        let engine = try LineWindowTests.engine("max_runs: 100")
        let (routes, parser, window) = (engine.routes, engine.receiver.lineParser, LineWindow())
        RecordedMessages([(topic: "t/5", payload: "{\"n\":9}")]).withLines { lines in
            parser.begin(lines: lines)
            window.open(UnsafePointer(window.room.pointer), parser.nextLines(into: window.room), routes)
            window.look(0..<LineWindow.findingSteps, routes, engine.decider)
            #expect(window.count == 1 && window.slot(0, routes)?.pointee.route === routes.route("t/5"))
            for number in 0...Routes.maximumTopics { _ = routes.route("other/\(number)") }
            #expect(window.slot(0, routes) == nil)
            window.look(0..<LineWindow.steps, routes, engine.decider)
            #expect(window.slot(0, routes) == nil)
            window.open(window.lines, 1, routes)
            window.look(0..<LineWindow.steps, routes, engine.decider)
            // Found by its name, as the first of its topics, and known from then on.
            #expect(window.slot(0, routes) == nil && routes.route("t/5") != nil)
            window.look(0..<LineWindow.steps, routes, engine.decider)
            #expect(window.slot(0, routes)?.pointee.route === routes.route("t/5"))
        }
    }

    /// What each event asks for takes up one of the lines of the processor's caches, of 64 bytes; what fills it begins with it.
    @Test func whatEachEventAsksForIsSmall() {
        #expect(MemoryLayout<CompiledPattern.Step>.stride == 64)
        #expect(MemoryLayout<RunForest.Node>.stride == 64)
        #expect(MemoryLayout<KeyState>.stride <= 64)
        #expect(MemoryLayout<RunForest.Run>.stride <= 64)
        #expect(MemoryLayout<EventTest>.stride <= 24)
    }
}
