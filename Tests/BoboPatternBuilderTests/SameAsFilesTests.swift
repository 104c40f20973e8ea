import BoboEngine
import BoboPatternBuilder
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL
import Testing

/// A pattern in Swift means what a pattern file means.
@Suite struct SameAsFilesTests {
    struct Letter: Decodable, Sendable {
        let type: String
        let v: Int
    }

    private static func when(_ type: String) -> When { When(as: Letter.self) { $0.payload.type == type } }

    private static let cases: [(yaml: String, pattern: @Sendable () throws -> Pattern)] = [
        (
            "blocks: [{followed_by: A}, {followed_by: B, times: 2, group: b}, {next: C}]",
            {
                let b = Group<Letter>("b")
                return try Pattern("q", version: "1") {
                    FollowedBy(when("A"))
                    FollowedBy(b) { $0.payload.type == "B" }.times(2)
                    Next(when("C"))
                }
            }
        ),
        (
            "within: 12s\nblocks: [{followed_by: A}, {followed_by: B, loop: true, until: D}, {followed_by: C, unless: [A]}]",
            {
                try Pattern("q", version: "1", within: .seconds(12)) {
                    FollowedBy(when("A"))
                    FollowedBy(when("B")).loop(until: when("D"))
                    FollowedBy(when("C")).unless(when("A"))
                }
            }
        ),
        (
            "singleton: true\nhaltconditions: [D]\nblocks: [{followed_by: A}, {followed_by: B, optional: true}, {not_next: C}, {followed_by: A}]",
            {
                try Pattern("q", version: "1", isSingleton: true, haltconditions: [when("D")]) {
                    FollowedBy(when("A"))
                    FollowedBy(when("B")).optional()
                    NotNext(when("C"))
                    FollowedBy(when("A"))
                }
            }
        ),
        (
            "rest: 5s\nblocks: [{followed_by: A, group: a}, {followed_by: 'payload.v > a[0].payload.v'}]",
            {
                let a = Group<Letter>("a")
                return try Pattern("q", version: "1", rest: .seconds(5)) {
                    FollowedBy(a) { $0.payload.type == "A" }
                    FollowedBy(as: Letter.self) { letter, run in try letter.payload.v > run[a][0].payload.v }
                }
            }
        ),
        (
            "after_match: skip_past_last_event\nblocks: [{all_of: [A, B]}, {followed_by: C, times: {min: 1, max: 3}}, {followed_by_any: [A, D]}]",
            {
                try Pattern("q", version: "1", afterMatch: .skipPastLastEvent) {
                    AllOf {
                        when("A")
                        when("B")
                    }
                    FollowedBy(when("C")).times(1...3)
                    FollowedByAny {
                        when("A")
                        when("D")
                    }
                }
            }
        ),
        (
            "preconditions: ['payload.v != 5']\nblocks: [{followed_by: A}, {absent: B, for: 3s, restart: true, only_if: size(history) < 4}]",
            {
                try Pattern(
                    "q", version: "1", preconditions: [When(as: Letter.self) { $0.payload.v != 5 }]
                ) {
                    FollowedBy(when("A"))
                    Absent(for: .seconds(3), when("B"), restarts: true, onlyIf: { $0.history.count < 4 })
                }
            }
        ),
        (
            "blocks: [{followed_by: A}, {followed_by: B, times: {min: 2}, until: C}, {not_followed_by: B}, {followed_by: D}]",
            {
                try Pattern("q", version: "1") {
                    FollowedBy(when("A"))
                    FollowedBy(when("B")).times(2..., until: when("C"))
                    NotFollowedBy(when("B"))
                    FollowedBy(when("D"))
                }
            }
        ),
        (
            "rest: {for: 20s, until: 'payload.v > first.payload.v'}\nblocks: [{followed_by: A, group: a}, {followed_by: B}]",
            {
                let a = Group<Letter>("a")
                return try Pattern(
                    "q", version: "1", rest: .seconds(20),
                    restUntil: When(as: Letter.self) { letter, run in try letter.payload.v > run[a][0].payload.v }
                ) {
                    FollowedBy(a) { $0.payload.type == "A" }
                    FollowedBy(when("B"))
                }
            }
        ),
        (
            "recent: 3\nsingleton: true\nblocks: [{followed_by: 'recent.all(e, e.payload.v > 2)'}, {followed_by: C}]",
            {
                try Pattern("q", version: "1", isSingleton: true, recent: .events(3)) {
                    FollowedBy(as: Letter.self) { _, run in
                        try run.recent.allSatisfy { try $0.payload(as: Letter.self).v > 2 }
                    }
                    FollowedBy(when("C"))
                }
            }
        ),
    ]

    /// The completed runs, as the events of their histories and the times.
    private func completed(_ engine: Engine, seed: UInt64) -> [String] {
        var state = seed
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var time: Int64 = 0
        for number in 1...200 as ClosedRange<UInt64> {
            time += Int64(next(3000))
            let letter = ["A", "B", "C", "D"][Int(next(4))]
            // Now and then one on which all conditions fail.
            let payload = next(20) == 0 ? #"{"other": 1}"# : #"{"type": "\#(letter)", "v": \#(next(8))}"#
            Array(payload.utf8).withUnsafeBytes { bytes in
                engine.take(Message(topic: "t", payload: bytes, arrival: time, isRetained: false, number: number))
            }
        }
        engine.advance(to: time + 60_000)
        return engine.takeOutputs().compactMap { output in
            guard case .complexEvent(let event) = output else { return nil }
            return "\(event.timestamp): \(event.history.map(\.identifier.description))"
        }
    }

    @Test("The same complex events on random streams", arguments: cases.indices)
    func same(_ index: Int) throws {
        let (yaml, make) = Self.cases[index]
        let keys = yaml.replacing(#/\b[A-D]\b/#) { "'payload.type == \"\($0.output)\"'" }
        let text =
            "phenomenon: p\npatterns:\n  - name: q\n"
            + keys.split(separator: "\n").map { "    \($0)\n" }.joined()
        let problems = ProblemCollector()
        let paths = PathTable()
        let file = PatternFiles(paths: paths, problems: problems).load(texts: [("p.yaml", text)])
        try #require(!problems.hasErrors, "\(problems.errors)")
        let swift = [try Phenomenon("p") { try make() }]
        var options = EngineOptions()
        options.defaultInput = [try TopicFilter("#")]
        var total = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            let expected = completed(Engine(file, paths: paths, options: options), seed: seed)
            #expect(completed(Engine(swift, paths: PathTable(), options: options), seed: seed) == expected)
            total += expected.count
        }
        #expect(total > 20)
    }
}
