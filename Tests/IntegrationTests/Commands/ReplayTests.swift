import Foundation
import Testing

/// `bobo replay`.
@Suite(.waiting) struct ReplayTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(
            """
            phenomenon: any
            patterns: [{name: each, input: [home/#], blocks: [{followed_by: 'true'}]}]
            emit: {data: '[topic, payload, unix_millis(0) == ts ? 0 : int(ts) * 1000 + ts.getMilliseconds()]'}
            """, to: "patterns/any.yaml")
        try folder.write(
            """
            phenomenon: silence
            patterns:
              - name: hour
                input: [home/#]
                singleton: true
                blocks: [{followed_by: 'true', group: seen}, {absent: 'true', for: 1h}]
            emit: {data: 'seen[0].payload'}
            """, to: "patterns/silence.yaml")
    }

    private typealias Outcome = (status: Int32, output: String, errors: String)

    private func replay(_ lines: [String], _ arguments: String...) throws -> Outcome {
        try BoboProcess.run(
            ["replay", "--patterns", "patterns"] + arguments, in: folder, input: lines.joined(separator: "\n"))
    }

    /// `data.data` of a phenomenon's complex events.
    private func data(_ phenomenon: String, _ outcome: Outcome) throws -> [ReadJSON] {
        try outcome.output.split(separator: "\n").map { try ReadJSON(String($0)) }
            .filter { $0["data"]["phenomenon"].string == phenomenon }.map { $0["data"]["data"] }
    }

    @Test("The same input gives the same bytes, from a file and from standard input, to a file and to standard output")
    func sameBytes() throws {
        let lines = (0..<2000).map { #"{"ts":\#(1000 + $0 * 3000),"topic":"home/\#($0 % 7)","payload":{"n":\#($0)}}"# }
        let first = try replay(lines, "--end", "all")
        #expect(first.status == 0)
        #expect(try data("any", first).count == 2000)
        #expect(try replay(lines, "--end", "all").output == first.output)
        try folder.write(lines.joined(separator: "\n"), to: "events.jsonl")
        let file = try BoboProcess.run(
            ["replay", "--patterns", "patterns", "--events", "events.jsonl", "--output", "out.jsonl", "--end", "all"],
            in: folder)
        #expect(file.status == 0)
        #expect(file.output == "")
        #expect(try folder.read("out.jsonl") == first.output)
        #expect(file.errors.contains("2000 events"))
        #expect(first.output.contains("\"gateway\":\"replay\""))
    }

    @Test("With one processor, and with another that reads ahead, the same comes out; also what is said of bad lines")
    func readingAhead() throws {
        let long = String(repeating: "x", count: 300_000)
        let lines = (0..<30_000).map { number in
            switch number % 5000 {
            case 17: "nonsense"
            case 18: ""
            case 19: #"{"ts":\#(1000 + number),"topic":"home/a","payload":"\#(long)"}"#
            case 20: #"{"ts":\#(1000 + number)}"#
            default: #"{"ts":\#(1000 + number),"topic":"home/\#(number % 7)","payload":{"n":\#(number)}}"#
            }
        }
        try folder.write(lines.joined(separator: "\n"), to: "events.jsonl")
        let allowed = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            .firstMatch(of: #/Cpus_allowed_list:\s*(\d+)/#)
        let processor = try #require(allowed).output.1
        for arguments in [[], ["--strict"], ["--end", "all"]] {
            let command = ["replay", "--patterns", "patterns", "--events", "events.jsonl"] + arguments
            let ahead = try BoboProcess.run(command, in: folder)
            let alone = try BoboProcess.run(
                ["-c", String(processor), BoboProcess.executable] + command, in: folder, program: "/usr/bin/taskset")
            #expect(ahead.status == (arguments == ["--strict"] ? 65 : 0))
            #expect(alone.status == ahead.status)
            #expect(alone.output == ahead.output)
            // All but the time that it took.
            #expect(
                alone.errors.replacing(#/; [\d.]+ s, .*/#, with: "")
                    == ahead.errors.replacing(#/; [\d.]+ s, .*/#, with: ""))
            #expect(try data("any", ahead).count == (arguments == ["--strict"] ? 17 : 29_982))
        }
    }

    private static let bad = [
        #"{"ts":1,"topic":"home/a","payload":1}"#, "nonsense", "", #"{"ts":"2","topic":"home/a","payload":1}"#,
        #"{"topic":"home/a","payload":1}"#, #"{"ts":2,"payload":1}"#, #"{"ts":2,"topic":"home/a"}"#,
        #"{"ts":2,"topic":"home/a","payload":{"a":1}"#, #"{"ts":2,"topic":"home/a","payload":1,"text":"1"}"#,
        #"{"ts":2,"topic":"home/a","base64":"!"}"#, #"{"ts":2,"topic":"home/+","payload":1}"#,
        #"{"ts":2,"topic":"","payload":1}"#, #"{"ts":9223372036854775807,"topic":"home/a","payload":1}"#,
        #"{"ts":253402300800000}"#, "[1]", #"{"ts":2,"topic":"home/a","payload":nul}"#, "\u{0}",
        #"{"ts":3,"topic":"home/a","payload":2}"#,
    ]

    @Test("A line that cannot be read is reported with its number, skipped and counted")
    func badLines() throws {
        let result = try replay(Self.bad)
        #expect(result.status == 0)
        #expect(try data("any", result) == [["home/a", 1, 1], ["home/a", 2, 3]])
        let numbers = [2] + Array(4...17)
        let lines = result.errors.split(separator: "\n")
        for number in numbers {
            #expect(lines.contains { $0.hasPrefix("-:\(number): ") && $0.hasSuffix("; skipped") }, "line \(number)")
        }
        #expect(result.errors.contains("\(numbers.count) lines skipped"))
    }

    @Test("--strict stops at the first line that cannot be read: 65, with what came before")
    func strict() throws {
        let result = try replay(Self.bad, "--strict")
        #expect(result.status == 65)
        #expect(try data("any", result) == [["home/a", 1, 1]])
        #expect(result.errors.contains("-:2: "))
        #expect(!result.errors.contains("-:4: "))
    }

    @Test("Files that are not there, cannot be read, or written to, are bad input")
    func files() throws {
        for arguments in [["--events", "absent.jsonl"], ["--events", "."], ["--output", "absent/out.jsonl"]] {
            let result = try BoboProcess.run(["replay", "--patterns", "patterns"] + arguments, in: folder)
            #expect(result.status == 65)
            #expect(result.output == "")
            #expect(result.errors.contains(arguments[1]))
        }
    }

    @Test("After the last line the clock stands still; --end lets it run on, so long or until no timer is left")
    func end() throws {
        let lines = [#"{"ts":0,"topic":"home/a","payload":7}"#]
        #expect(try data("silence", replay(lines)) == [])
        #expect(try data("silence", replay(lines, "--end", "59m59s")) == [])
        #expect(try data("silence", replay(lines, "--end", "1h")) == [7])
        let all = try replay(lines, "--end", "all")
        #expect(try data("silence", all) == [7])
        #expect(all.output.contains("\"time\":\"1970-01-01T01:00:00.000Z\""))
        // Beyond what a time can be.
        let late = [#"{"ts":253402300799999,"topic":"home/a","payload":7}"#]
        for length in ["366d", "all"] { #expect(try replay(late, "--end", length).status == 0) }
    }

    @Test("A line with ts alone moves the clock")
    func clock() throws {
        let result = try replay([#"{"ts":0,"topic":"home/a","payload":7}"#, #"{"ts":3600000}"#])
        #expect(try data("silence", result) == [7])
    }

    @Test("Retained lines are no events")
    func retained() throws {
        let lines = [
            #"{"ts":0,"topic":"home/a","payload":1,"retained":true}"#, #"{"ts":1,"topic":"home/a","payload":2}"#,
        ]
        #expect(try data("any", replay(lines)) == [["home/a", 2, 1]])
        try folder.write("sensors: [{filter: home/#, retained: true}]", to: "bobo.yaml")
        #expect(try data("any", replay(lines)) == [["home/a", 1, 0], ["home/a", 2, 1]])
    }

    @Test("The configuration's sensors, lateness and time zone hold; without a time zone there it is UTC")
    func configuration() throws {
        try folder.write(
            """
            phenomenon: hour
            patterns: [{name: each, input: [home/#], blocks: [{followed_by: 'true'}]}]
            emit: {data: '[ts.getHours(timezone), timezone]'}
            """, to: "patterns/hour.yaml")
        let lines = [
            #"{"ts":1000,"topic":"home/a","payload":{"ms": 500}}"#,
            #"{"ts":2000,"topic":"home/a","payload":{"ms": 100}}"#,
        ]
        #expect(try data("hour", replay(lines)) == [[0, "UTC"], [0, "UTC"]])
        try folder.write(
            """
            timezone: Asia/Tokyo
            sensors: [{filter: home/#, timestamp: unix_millis(payload.ms)}]
            max_lateness: 1s
            """, to: "other.yaml")
        let result = try replay(lines, "--config", "other.yaml")
        #expect(try data("hour", result) == [[9, "Asia/Tokyo"], [9, "Asia/Tokyo"]])
        #expect(try data("any", result).map { $0[2] } == [100, 500])
        let late = try replay(
            [lines[0], #"{"ts":3000,"topic":"home/a","payload":{"ms": 5000}}"#, lines[1]], "--config", "other.yaml")
        #expect(late.errors.contains("1 late"))
    }

    @Test("An event older than the clock is late, and processed or dropped as the configuration says")
    func late() throws {
        let lines = [2, 1, 3].map { #"{"ts":\#($0),"topic":"home/a","payload":\#($0)}"# }
        let processed = try replay(lines)
        #expect(try data("any", processed).map { $0[1] } == [2, 1, 3])
        #expect(processed.errors.contains("1 late"))
        try folder.write("late: drop", to: "bobo.yaml")
        #expect(try data("any", replay(lines)).map { $0[1] } == [2, 3])
    }

    @Test("Payloads that are text or bytes are what a gateway makes of them")
    func payloads() throws {
        let lines = [
            #"{"ts":1,"topic":"home/a","text":"ON"}"#, #"{"ts":2,"topic":"home/a","text":"21.5"}"#,
            #"{"ts":3,"topic":"home/a","base64":"/wA="}"#, #"{"ts":4,"topic":"home/a","payload":"ON"}"#,
            #"{"ts":5,"topic":"home/a","text":""}"#,
        ]
        let seen = try data("any", replay(lines)).map { $0[1] }
        #expect(seen.count == 5)
        #expect([seen[0], seen[1], seen[2]["base64"], seen[3], seen[4]] == ["ON", 21.5, "/wA=", "ON", ""])
    }

    @Test("Whoever reads its output may go: no fault")
    func brokenPipe() throws {
        try folder.write(
            (0..<20_000).map { #"{"ts":\#($0),"topic":"home/a","payload":\#($0)}"# }.joined(separator: "\n"),
            to: "events.jsonl")
        let shell = try BoboProcess(
            [
                "-c", #"set -o pipefail; "$0" replay --patterns patterns --events events.jsonl | head -n 1"#,
                BoboProcess.executable,
            ], in: folder, program: "/bin/bash")
        #expect(try shell.waitForExit() == 0)
        #expect(shell.output.lines.count == 1)
    }
}

/// The recordings beside the sample patterns.
@Suite(.waiting) struct RecordingTests {
    private static let patterns = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "patterns").path(percentEncoded: false)

    /// A line of `expected.jsonl`.
    struct Expectation: CustomTestStringConvertible {
        let line: String

        var recording: String { (try? ReadJSON(line)["recording"].string) ?? "" }

        var events: [ReadJSON] {
            guard let list = try? ReadJSON(line)["expect"] else { return [] }
            return (0..<list.count).map { list[$0] }
        }

        var testDescription: String { recording }
    }

    static let expectations: [Expectation] = {
        let text = (try? String(contentsOfFile: patterns + "/recordings/expected.jsonl", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { Expectation(line: String($0)) }
    }()

    @Test("Each gives what is expected of it, no more and no less", arguments: expectations)
    func recording(_ expectation: Expectation) throws {
        let result = try BoboProcess.run(
            [
                "replay", "--patterns", Self.patterns, "--events",
                Self.patterns + "/recordings/" + expectation.recording,
            ],
            in: try TestFolder())
        #expect(result.status == 0)
        #expect(!result.errors.contains("skipped"))
        let events = try result.output.split(separator: "\n").map { try ReadJSON(String($0)) }
        #expect(events.count == expectation.events.count)
        for (event, expected) in zip(events, expectation.events) {
            let data = event["data"]
            for name in ["phenomenon", "pattern", "key"] { #expect(data[name] == expected[name]) }
            #expect(data["data"].isNearly(expected["data"]), "\(data["data"]) for \(expected["data"])")
            let time = try Date(
                #require(event["time"].string), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            #expect((time.timeIntervalSince1970 * 1000).rounded() == expected["ts"].number)
        }
    }

    @Test("Each sample phenomenon has a recording that sets it off, and one that does not")
    func complete() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.patterns)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }.map { $0.replacing(".yaml", with: "") }
        #expect(names.count >= 6)
        for name in names {
            let fires = Self.expectations.first { $0.recording == "\(name).fires.jsonl" }
            #expect(fires?.events.contains { $0["phenomenon"].string == name } == true, "\(name)")
            let quiet = Self.expectations.first { $0.recording == "\(name).quiet.jsonl" }
            #expect(quiet?.events.contains { $0["phenomenon"].string == name } == false, "\(name)")
        }
        let recordings = try FileManager.default.contentsOfDirectory(atPath: Self.patterns + "/recordings")
            .filter { $0.hasSuffix(".jsonl") && $0 != "expected.jsonl" }
        #expect(Set(recordings) == Set(Self.expectations.map(\.recording)))
    }

    @Test("The sample patterns and their configuration are sound, without a hint")
    func sound() throws {
        let result = try BoboProcess.run(
            ["check", Self.patterns, "--config", Self.patterns + "/recordings/sample.yaml"], in: try TestFolder())
        #expect(result.status == 0)
        #expect(result.output == "")
    }
}
