import BoboEngine
import BoboPatternBuilder
import BoboTopics
import Foundation
import Testing

struct Climate: Codable, Sendable {
    let celsius: Double
    var baseline: Double = 0

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        celsius = try values.decode(Double.self, forKey: .celsius)
        baseline = try values.decodeIfPresent(Double.self, forKey: .baseline) ?? 0
    }
}

struct Smoke: Codable, Sendable { let density: Double }

/// Patterns written in Swift.
@Suite struct PatternBuilderTests {
    private let start = Date(timeIntervalSince1970: 1_764_000_000)

    private func detector(_ patterns: Pattern...) throws -> Detector {
        Detector([try Phenomenon("p") { for pattern in patterns { pattern } }])
    }

    /// Takes messages, one a second.
    private func feed(_ detector: Detector, _ messages: (topic: String, payload: String)...) -> [ComplexEvent] {
        messages.enumerated().flatMap { index, message in
            detector.take(message.payload, on: message.topic, at: start + Double(index))
        }
    }

    @Test("Conditions read typed payloads, and what the run has accepted; the complex event carries what is made of it")
    func typed() throws {
        struct Report: Codable, Equatable {
            let room: String
            let celsius: Double
        }
        let heat = Group<Climate>("heat")
        let detector = try detector(
            Pattern(
                "heat-then-smoke", version: "1", key: .level(1), within: .seconds(60), isSingleton: true,
                data: { run in Report(room: run.key() ?? "", celsius: try run[heat][0].payload.celsius) }
            ) {
                FollowedBy(heat, on: "home/+/temperature") { $0.payload.celsius > 55 }
                FollowedBy(on: "home/+/smoke", as: Smoke.self) { smoke, run in
                    try smoke.payload.density > run[heat][0].payload.baseline
                }
            })
        let events = feed(
            detector, ("home/kitchen/temperature", #"{"celsius": 60, "baseline": 1}"#),
            ("home/hall/smoke", #"{"density": 5}"#), ("home/kitchen/smoke", #"{"density": 0.5}"#),
            ("home/kitchen/smoke", "offline"), ("home/kitchen/smoke", #"{"density": 2}"#))
        #expect(events.count == 1)
        let event = try #require(events.first)
        #expect(event.phenomenon == "p")
        #expect(event.pattern == "heat-then-smoke")
        #expect(event.key == "\"kitchen\"")
        #expect(try event.data(as: Report.self) == Report(room: "kitchen", celsius: 60))
        #expect(event.history.map(\.topic.name.text) == ["home/kitchen/temperature", "home/kitchen/smoke"])
        #expect(String(decoding: event.json, as: UTF8.self).contains("\"heat\":[{"))
    }

    @Test("What a completed run has done: messages and lines, made by closures; the complex event's topic, too")
    func actions() throws {
        struct Valve: Encodable {
            let room: String
            let open: Bool
        }
        let heat = Group<Climate>("heat")
        let detector = try detector(
            Pattern(
                "hot", version: "1", key: .level(1), topic: { run in "alarms/\(run.key() ?? "")" }, qos: 2,
                isRetained: true,
                actions: [
                    .publish(to: { _ in "siren/set" }, qos: 1) { _ in "ON" },
                    .publish(to: { run in "valve/\(run.key() ?? "")" }, isRetained: true) { run in
                        Valve(room: run.key() ?? "", open: false)
                    },
                    .log(.warning) { run in "\(try run[heat][0].payload.celsius) degrees" },
                    .log { run in try run[Group<Climate>("other")].isEmpty ? "" : "" },
                ]
            ) {
                FollowedBy(heat, on: "home/+/temperature") { $0.payload.celsius > 55 }
            })
        let events = feed(detector, ("home/hall/temperature", #"{"celsius": 60}"#))
        #expect(events.map(\.topic) == ["alarms/hall"] && events[0].qos == 2 && events[0].isRetained)
        let works = detector.takeActions().map(\.work)
        try #require(works.count == 4)
        guard case .publish("siren/set", let siren, 1, false) = works[0],
            case .publish("valve/hall", let valve, 0, true) = works[1],
            case .log("60.0 degrees", .warning) = works[2], case .failed = works[3]
        else {
            Issue.record("\(works)")
            return
        }
        #expect(String(decoding: siren, as: UTF8.self) == "ON")
        #expect(String(decoding: valve, as: UTF8.self) == #"{"open":false,"room":"hall"}"#)
        #expect(detector.takeActions().isEmpty)
    }

    @Test("Silence, by the clock alone")
    func absent() throws {
        struct Motion: Decodable, Sendable { let occupancy: Bool }
        let detector = try detector(
            Pattern("still", version: "1", key: .level(1)) {
                FollowedBy(on: "home/+/thump")
                Absent(for: .seconds(300), When(on: "home/+/motion", as: Motion.self) { $0.payload.occupancy })
            })
        #expect(
            feed(detector, ("home/a/thump", ""), ("home/b/thump", ""), ("home/b/motion", #"{"occupancy": true}"#))
                .isEmpty)
        #expect(detector.nextDeadline == start + 300)
        #expect(detector.advance(to: start + 299.9).isEmpty)
        #expect(detector.advance(to: start + 300).map(\.key) == ["\"a\""])
        #expect(detector.advance(to: start + 1000).isEmpty)
    }

    @Test("A payload that is none of the type, and a closure that throws, are no match and no proof of the contrary")
    func failures() throws {
        struct Refused: Error {}
        let strict = try Pattern("strict", version: "1") {
            FollowedBy(on: "home/#", as: Climate.self) { $0.payload.celsius == 1 }
            Next(on: "home/#", as: Climate.self) { reading in
                if reading.payload.celsius == 9 { throw Refused() }
                return reading.payload.celsius == 2
            }
        }
        func completed(_ payloads: String...) throws -> Int {
            let detector = try detector(strict)
            return payloads.enumerated().reduce(0) {
                $0 + detector.take($1.element, on: "home/a", at: start + Double($1.offset)).count
            }
        }
        #expect(try completed(#"{"celsius": 1}"#, #"{"celsius": 2}"#) == 1)
        #expect(try completed(#"{"celsius": 1}"#, #"{"celsius": 3}"#, #"{"celsius": 2}"#) == 0)
        #expect(try completed(#"{"celsius": 1}"#, "OFF", #"{"other": 1}"#, #"{"celsius": 9}"#, #"{"celsius": 2}"#) == 1)
    }

    @Test("A condition that fails on each of the first messages is a warning that names its place in the source")
    func warning() throws {
        let detector = try detector(
            Pattern("q", version: "1") {
                FollowedBy(on: "home/#", as: Climate.self) { $0.payload.celsius > 1 }
            })
        for index in 0..<20 { _ = detector.take(#"{"celcius": 3}"#, on: "home/a", at: start + Double(index)) }
        let warnings = detector.engine.takeWarnings().map(\.description)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("PatternBuilderTests.swift:") == true)
        #expect(warnings.first?.contains("no such field: celsius; they have celcius") == true, "\(warnings)")
    }

    @Test("Messages that are texts, numbers and bytes have types, too")
    func payloads() throws {
        enum State: String, Decodable, Sendable { case on = "ON", off = "OFF" }
        let detector = try detector(
            Pattern("state", version: "1") { FollowedBy(on: "state", as: State.self) { $0.payload == .on } },
            Pattern("number", version: "1") { FollowedBy(on: "number", as: Int.self) { $0.payload == 42 } },
            Pattern("text", version: "1") { FollowedBy(on: "text", as: String.self) { $0.payload == "closed" } },
            Pattern("bytes", version: "1") { FollowedBy(on: "bytes", as: [UInt8].self) { $0.payload == [0xFF, 0] } })
        var events = feed(
            detector, ("state", "OFF"), ("state", "?"), ("state", "ON"), ("number", "41"), ("number", "42"),
            ("number", "forty"), ("text", "open"), ("text", "closed"))
        events += detector.take([0xFF, 0], on: "bytes", at: start + 9)
        #expect(events.map(\.pattern) == ["state", "number", "text", "bytes"])
    }

    @Test("Keys of topics, of payloads, of lists; what has none is not seen")
    func keys() throws {
        struct Badge: Decodable, Sendable {
            let door: Int
            let person: String?
        }
        func keys(_ key: Key) throws -> [String] {
            let detector = try detector(Pattern("q", version: "1", key: key) { FollowedBy(on: "home/#") })
            return feed(
                detector, ("home/a", #"{"door": 1, "person": "x"}"#), ("home/b/c", #"{"door": 2}"#), ("home/d", "?")
            ).map(\.key)
        }
        #expect(try keys(.topic) == ["\"home/a\"", "\"home/b/c\"", "\"home/d\""])
        #expect(try keys(.level(2)) == ["\"c\""])
        #expect(try keys(.of(Badge.self) { $0.payload.door }) == ["1", "2"])
        #expect(try keys(.of(Badge.self) { $0.payload.person }) == ["\"x\""])
        #expect(try keys(.of { $0.topic.name.text.count > 6 }) == ["false", "true", "false"])
        #expect(
            try keys(.of(Badge.self) { ["\($0.payload.door)", $0.topic] }) == [
                #"["1","home/a"]"#, #"["2","home/b/c"]"#,
            ])
    }

    @Test("The event before, and the last messages of other topics")
    func before() throws {
        struct Door: Decodable, Sendable { let contact: Bool }
        let detector = try detector(
            Pattern("opens", version: "1", input: ["door"], state: ["presence/+"]) {
                FollowedBy(on: "door", as: Door.self) { door, run in
                    guard !door.payload.contact, let before = run.previous else { return false }
                    let isAway = try run.latest("presence/anna")?.payload(as: String.self) == "away"
                    let all = try run.latest(matching: "presence/+").count
                    return try before.payload(as: Door.self).contact && isAway && all == 2
                }
            })
        let events = feed(
            detector, ("presence/anna", "home"), ("presence/ben", "away"), ("door", #"{"contact": true}"#),
            ("door", #"{"contact": false}"#), ("door", #"{"contact": true}"#), ("presence/anna", "away"),
            ("door", #"{"contact": false}"#), ("door", #"{"contact": false}"#))
        #expect(events.map(\.timestamp) == [1_764_000_006_000])
    }

    @Test("All that is wrong with a pattern is told at once")
    func errors() throws {
        #expect {
            try Phenomenon("a b") {
                try Pattern("q", version: "1", within: .zero, maximumRuns: 0) {
                    NotFollowedBy(on: "home/#/x")
                    FollowedBy(on: "home/a").loop().optional()
                    Next(on: "home/a").optional()
                    FollowedBy(Group<Climate>("payload"), on: "home/a").times(0)
                    FollowedBy(on: "a").loop()
                    Absent(for: .seconds(1), When(on: "a"))
                    FollowedBy(on: "b").loop(until: When(on: "c"))
                }
            }
        } throws: { error in
            let text = "\(error)"
            return [
                "the first block is not negated", "do not go together", "a strict block is not optional",
                "times is at least 1", "payload is no name of a group", "directly before Absent", "within is at least",
                "bounds are at least 1", "the last block does not loop", "the name of a phenomenon",
            ].allSatisfy { text.contains($0) }
        }
        #expect(throws: PatternBuildError.self) { try Phenomenon("p") {} }
        #expect(throws: PatternBuildError.self) { try Pattern("q", version: "1") {} }
        #expect(throws: PatternBuildError.self) { try Pattern("q", version: "1") { FollowedBy(on: "a/#/b") } }
    }

    @Test("The version is the author's text and all that can be seen; where a line stands is not")
    func versions() throws {
        func version(_ text: String, _ topic: String = "a", key: Key? = nil, times: Int = 1) throws -> Hash128 {
            try Pattern("q", version: text, key: key) {
                FollowedBy(on: topic, as: Int.self) { $0.payload > 1 }.times(times)
            }.version
        }
        let moved = try Pattern("q", version: "1") {
            FollowedBy(on: "a", as: Int.self) { $0.payload > 2 }
        }.version
        #expect(try version("1") == version("1"))
        #expect(try version("1") == moved)
        #expect(try version("1") != version("2"))
        #expect(try version("1") != version("1", "b"))
        #expect(try version("1") != version("1", key: .topic))
        #expect(try version("1") != version("1", times: 2))
    }

    @Test("Parts of a pattern may depend on conditions, and come of loops")
    func builders() throws {
        func pattern(_ isNight: Bool, _ topics: [String]) throws -> Pattern {
            try Pattern("q", version: "1") {
                if isNight { FollowedBy(on: "night") } else { FollowedBy(on: "day") }
                for topic in topics { FollowedBy(on: topic) }
            }
        }
        #expect(
            try pattern(true, ["a", "b"]).blocks.flatMap(\.predicates).flatMap(\.on).map(\.text) == ["night", "a", "b"])
        #expect(try pattern(false, []).blocks.count == 1)
    }
}
