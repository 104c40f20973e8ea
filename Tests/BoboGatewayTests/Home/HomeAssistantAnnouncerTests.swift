import BoboPatterns
import BoboYAML
import CEL
import Foundation
import Logging
import Testing

@testable import BoboEngine
@testable import BoboGateway

/// When Home Assistant is told what, and what of it comes from other gateways.
@Suite struct HomeAssistantAnnouncerTests {
    private func phenomena(_ names: [String]) throws -> [Phenomenon] {
        let texts = names.map { name in
            ("\(name).yaml", "phenomenon: \(name)\npatterns: [{name: each, input: home/#, blocks: [{next: 'true'}]}]")
        }
        let problems = ProblemCollector()
        defer { #expect(!problems.hasErrors, "\(problems.errors)") }
        return PatternFiles(paths: PathTable(), problems: problems).load(texts: texts)
    }

    private func announcer(_ names: String...) throws -> HomeAssistantAnnouncer {
        let configuration = try #require(
            try ConfigurationFolder().load("instance: gw-a\nhome_assistant: {discovery: true}").configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let announcer = HomeAssistantAnnouncer(configuration, try phenomena(names), logger: logger)
        announcer.connected(at: .zero)
        return announcer
    }

    private func shown(_ announcer: HomeAssistantAnnouncer, _ names: String...) throws -> ShownPhenomena {
        ShownPhenomena(try phenomena(names), announcer.names)
    }

    /// What a message of the device tells of.
    private func told(_ message: HomeAssistantDiscovery.Message?) throws -> ToldDevice {
        ToldDevice(try value(try #require(message).payload))
    }

    private func value(_ json: [UInt8]) throws -> Value {
        let reader = try PayloadReader()
        return json.withUnsafeBytes { reader.read($0).value }
    }

    private func told(_ present: String..., gone: [String] = []) -> ToldDevice {
        ToldDevice(present: Set(present + present.map { $0 + ".each" }), gone: gone + gone.map { $0 + ".each" })
    }

    @Test("What the broker has stored is heard before anything is told, so that nothing of it is lost")
    func listensFirst() throws {
        let announcer = try announcer("fire")
        #expect(announcer.messages(at: .milliseconds(400)).isEmpty)
        // Of what is stored more may follow.
        announcer.heardDevice(1, at: .milliseconds(450)) { told("fire", "flood", "frost", gone: ["storm"]) }
        #expect(announcer.messages(at: .milliseconds(600)).isEmpty)
        announcer.heardGateway("gw-b", try shown(announcer, "flood"), isStored: true, at: .milliseconds(650))
        #expect(announcer.messages(at: .milliseconds(800)).isEmpty)
        let messages = announcer.messages(at: .milliseconds(900))
        #expect(messages.map(\.topic) == [announcer.names.deviceTopic, announcer.names.gatewayTopic])
        #expect(try told(messages.first) == told("fire", "flood", gone: ["frost", "storm"]))
        // Once more, since Home Assistant may have been busy.
        #expect(announcer.messages(at: .seconds(2)).isEmpty)
        #expect(announcer.messages(at: .seconds(3)).map(\.payload) == messages.prefix(1).map(\.payload))
    }

    @Test("What another gateway tells of the device is contradicted where it is not so, and not for ever")
    func contradiction() throws {
        let announcer = try announcer("fire")
        _ = announcer.messages(at: .seconds(1))
        #expect(announcer.nextDueAt == nil)
        announcer.heardGateway("gw-b", try shown(announcer, "flood"), isStored: true, at: .seconds(2))
        #expect(announcer.messages(at: .milliseconds(2400)).isEmpty)
        // It has told both by then.
        announcer.heardDevice(2, at: .milliseconds(2400)) { told("fire", "flood") }
        #expect(announcer.messages(at: .seconds(3)).isEmpty)
        #expect(announcer.nextDueAt == nil)

        announcer.heardDevice(3, at: .seconds(4)) { told("flood", gone: ["fire"]) }
        #expect(try told(announcer.messages(at: .seconds(5)).first) == told("fire", "flood"))
        // A gateway that says so again, as if it did not hear.
        announcer.heardDevice(3, at: .seconds(6)) { told("flood", gone: ["fire"]) }
        #expect(announcer.messages(at: .seconds(7)).isEmpty)
        #expect(announcer.messages(at: .seconds(59)).isEmpty)
        #expect(try told(announcer.messages(at: .seconds(66)).first) == told("fire", "flood"))
    }

    @Test("What a gateway has that is away stays, but for what another takes out of its patterns")
    func awayGateways() throws {
        let announcer = try announcer("fire", "flood")
        announcer.heardGateway("gw-b", try shown(announcer, "flood", "frost"), isStored: true, at: .zero)
        _ = announcer.messages(at: .seconds(1))
        announcer.heardAway("gw-b")
        announcer.heardBirth(at: .seconds(2))
        #expect(try told(announcer.messages(at: .seconds(2)).first) == told("fire", "flood", "frost"))
        announcer.replace(try phenomena(["fire"]), at: .seconds(3))
        #expect(try told(announcer.messages(at: .seconds(3)).first) == told("fire", "frost", gone: ["flood"]))
        // A gateway that starts meanwhile, without those patterns, comes to the same.
        let next = try self.announcer("fire")
        next.heardAway("gw-b")
        next.heardGateway("gw-b", try shown(next, "flood", "frost"), isStored: true, at: .zero)
        next.heardDevice(1, at: .zero) { told("fire", "frost", gone: ["flood"]) }
        #expect(try told(next.messages(at: .seconds(1)).first) == told("fire", "frost", gone: ["flood"]))
        // It is back, and still has it.
        announcer.heardGateway("gw-b", try shown(announcer, "flood", "frost"), isStored: false, at: .seconds(10))
        #expect(try told(announcer.messages(at: .seconds(11)).first) == told("fire", "flood", "frost"))
    }

    @Test("Patterns that a gateway had in the life before are out of its patterns, too")
    func lifeBefore() throws {
        let announcer = try announcer("fire")
        announcer.heardAway("gw-b")
        announcer.heardGateway("gw-a", try shown(announcer, "fire", "flood"), isStored: true, at: .zero)
        announcer.heardGateway("gw-b", try shown(announcer, "flood", "frost"), isStored: true, at: .zero)
        announcer.heardDevice(1, at: .zero) { told("fire", "flood", "frost") }
        #expect(try told(announcer.messages(at: .seconds(1)).first) == told("fire", "frost", gone: ["flood"]))
    }

    @Test("The own message that comes back is not taken for another's, nor read")
    func ownMessage() throws {
        let announcer = try announcer("fire")
        let message = try #require(announcer.messages(at: .seconds(1)).first)
        announcer.heardDevice(message.payload.hashValue, at: .seconds(1)) {
            Issue.record("it is read")
            return told("other")
        }
        #expect(announcer.messages(at: .seconds(2)).isEmpty)
    }

    @Test("What goes is taken back however much it is, and of what went before a part stays in the message")
    func bounds() throws {
        let announcer = try announcer("fire")
        let old = Set((0..<500).map { "old-\($0)" })
        announcer.heardDevice(1, at: .zero) { ToldDevice(present: old, gone: []) }
        #expect(try told(announcer.messages(at: .seconds(1)).first).gone == old)
        announcer.heardDevice(2, at: .seconds(10)) { ToldDevice(present: ["fire", "fire.each", "new"], gone: []) }
        let gone = try told(announcer.messages(at: .seconds(11)).first).gone
        #expect(gone.contains("new") && gone.count == 201)
    }

    @Test("What another version tells beside, or says wrong, is passed over")
    func otherVersions() throws {
        let device = """
            {"components": {"fire": {"platform": "event", "unique_id": "x"}, "summary": {"platform": "sensor"},
            "flood": {"platform": "event"}, "odd": 1, "a.b": {"platform": "device_automation"}}}
            """
        #expect(
            try ToldDevice(value(Array(device.utf8)))
                == ToldDevice(present: ["fire"], gone: ["flood", "a.b"]))
        let shown = """
            {"fire": {"topic": "a/b", "patterns": ["x", 1]}, "flood": {"topic": "a/+", "patterns": []}, "frost": 1,
            "a.b": {"topic": "a", "patterns": []}, "haze": {"topic": "a"}}
            """
        #expect(
            try ShownPhenomena(value(Array(shown.utf8))).lines
                == ["fire": ShownPhenomena.Line(patterns: ["x"], topic: "a/b")])
    }
}
