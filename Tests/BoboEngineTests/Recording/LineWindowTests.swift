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

    private static func outcome(_ engine: Engine) -> [String] {
        engine.takeOutputs().map { output in
            switch output {
            case .complexEvent(let event): String(decoding: event.json, as: UTF8.self)
            case .action: "action"
            }
        }
    }

    @Test(arguments: ["max_runs: 100", "max_runs: 2", "singleton: true", "within: 2s"])
    func linesComeToWhatTheirMessagesComeTo(_ keys: String) throws {
        var generator = SeededGenerator(seed: 11)
        let messages = (0..<20_000).map { _ in
            let payload = generator.chance(0.02) ? "{\"v\":1}" : "{\"n\":\(generator.int(-6...6))}"
            // A few topics that no pattern names, more and more of them.
            return (topic: "t/\(generator.int(0...2 * LineWindowTests.topics))", payload: payload)
        }
        let (together, single) = (try LineWindowTests.engine(keys), try LineWindowTests.engine(keys))
        let ahead = try LineWindowTests.engine(keys)
        var bytes: [UInt8] = []
        for (number, message) in messages.enumerated() {
            bytes += Array("{\"ts\":\(number),\"topic\":\"\(message.topic)\",\"payload\":\(message.payload)}\n".utf8)
            Array(message.payload.utf8).withUnsafeBytes { payload in
                single.take(
                    Message(
                        topic: message.topic, payload: payload, arrival: Int64(number), isRetained: false,
                        number: UInt64(number + 1)))
            }
        }
        let count = bytes.count
        bytes += Array(repeating: 0x20, count: EventLineParser.padding)
        bytes.withUnsafeBytes { buffer in
            let all = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            _ = together.take(lines: all, from: 1, other: { _, number in Issue.record("line \(number)") }, step: {})
            var (rest, first) = (all, 1 as UInt64)
            while !rest.isEmpty {
                let scanned = ahead.makeScannedLines()
                rest = UnsafeRawBufferPointer(rebasing: rest[scanned.scan(rest)...])
                ahead.take(scanned, from: first, other: { _, _ in }, step: {})
                first += UInt64(scanned.count)
            }
        }
        let expected = LineWindowTests.outcome(single)
        #expect(expected.count > 500)
        #expect(LineWindowTests.outcome(together) == expected)
        #expect(LineWindowTests.outcome(ahead) == expected)
        for engine in [together, ahead] {
            #expect(engine.statistics.haltedRuns == single.statistics.haltedRuns)
            #expect(engine.statistics.activeRuns == single.statistics.activeRuns)
            #expect(engine.failures == single.failures)
        }
    }

    /// A message that no pattern cares about tells that their conditions do not fail always.
    @Test(arguments: [false, true])
    func aMessageThatIsPassedOverIsNoFailure(_ isFirst: Bool) throws {
        let engine = try LineWindowTests.engine("max_runs: 100")
        var lines = (1...30).map { "{\"ts\":\($0),\"topic\":\"t/5\",\"payload\":{\"v\":1}}\n" }
        lines.insert("{\"ts\":0,\"topic\":\"t/5\",\"payload\":{\"n\":0}}\n", at: isFirst ? 0 : 30)
        let text = Array(lines.joined().utf8)
        let bytes = text + Array(repeating: 0x20, count: EventLineParser.padding)
        bytes.withUnsafeBytes { buffer in
            let all = UnsafeRawBufferPointer(rebasing: buffer[..<text.count])
            _ = engine.take(lines: all, from: 1, other: { _, _ in }, step: {})
        }
        #expect(engine.takeWarnings().count == (isFirst ? 0 : 1))
        #expect(engine.failures.values.reduce(0, +) == 30)
    }
}
