import BoboEngine
import BoboPatterns
import BoboYAML
import CEL
import Foundation
import Testing

@testable import BoboGateway

/// What Home Assistant is told.
@Suite struct HomeAssistantDiscoveryTests {
    private func discovery(
        _ yaml: String = "instance: gw-b\npeers: {ids: [gw-c, gw-a]}\nhome_assistant: {discovery: true}",
        _ patterns: String...
    ) throws -> HomeAssistantDiscovery {
        let configuration = try #require(try ConfigurationFolder().load(yaml).configuration)
        let texts = patterns.enumerated().map { ("\($0.offset).yaml", $0.element) }
        let problems = ProblemCollector()
        let phenomena = PatternFiles(paths: PathTable(), problems: problems).load(texts: texts)
        #expect(!problems.hasErrors, "\(problems.errors)")
        return HomeAssistantDiscovery(configuration, phenomena)
    }

    private let fire = """
        phenomenon: kitchen-fire
        patterns:
          - {name: heat, input: home/#, blocks: [{next: payload > 1}]}
          - {name: smoke & more, input: home/#, blocks: [{next: payload > 1}]}
        """

    private func object(_ message: HomeAssistantDiscovery.Message) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(message.payload)) as? [String: Any])
    }

    private func components(_ message: HomeAssistantDiscovery.Message) throws -> [String: [String: Any]] {
        try #require(try object(message)["components"] as? [String: [String: Any]])
    }

    @Test("The shared device is available while any gateway is, and the same whoever tells of it")
    func sharedDevice() throws {
        let message = try discovery("instance: gw-b\npeers: {ids: [gw-c, gw-a]}", fire).deviceMessage()
        #expect(message.topic == "homeassistant/device/bobo_bobo/config")
        let object = try object(message)
        #expect(object["availability_mode"] as? String == "any")
        #expect(
            (object["availability"] as? [[String: String]])?.map { $0["topic"] } == [
                "bobo/status/gw-a", "bobo/status/gw-b", "bobo/status/gw-c",
            ])
        #expect((object["origin"] as? [String: String])?["name"] == "Bobo")
        #expect((object["device"] as? [String: Any])?["name"] as? String == "Bobo")
        #expect(try message == discovery("instance: gw-a\npeers: {ids: [gw-b, gw-c]}", fire).deviceMessage())
    }

    @Test("A phenomenon is an event entity with its patterns' names as types, and a device trigger for each of them")
    func phenomenon() throws {
        let components = try components(discovery("instance: gw", fire).deviceMessage())
        #expect(components.keys.sorted() == ["kitchen-fire", "kitchen-fire.heat", "kitchen-fire.smoke%20%26%20more"])
        let event = try #require(components["kitchen-fire"])
        #expect(event["platform"] as? String == "event")
        #expect(event["unique_id"] as? String == "bobo/bobo/event/kitchen-fire")
        #expect(event["event_types"] as? [String] == ["heat", "smoke & more"])
        #expect(event["state_topic"] as? String == "bobo/events/kitchen-fire")
        let trigger = try #require(components["kitchen-fire.smoke%20%26%20more"])
        #expect(trigger["platform"] as? String == "device_automation")
        #expect(trigger["type"] as? String == "kitchen-fire")
        #expect(trigger["subtype"] as? String == "smoke & more")
        #expect(trigger["payload"] as? String == "smoke & more")
    }

    @Test("Where emit names a fixed topic, that is where events are looked for")
    func fixedTopic() throws {
        let fixed = fire + "\nemit: {topic: alarms/fire}"
        let changing = fire + "\nemit: {topic: \"alarms/${topic}\"}"
        #expect(
            try components(discovery("{}", fixed).deviceMessage())["kitchen-fire"]?["state_topic"] as? String
                == "alarms/fire")
        #expect(
            try components(discovery("{}", changing).deviceMessage())["kitchen-fire"]?["state_topic"] as? String
                == "bobo/events/kitchen-fire")
    }

    @Test("A gateway's own device hangs below the shared one, and shows its figures while it is online")
    func ownDevice() throws {
        let message = try discovery("instance: gw-b\nprefix: my_plant\nhome_assistant: {prefix: ha, name: Plant}")
            .gatewayMessage
        #expect(message.topic == "ha/device/bobo_my_uplant__gw-b/config")
        let device = try #require(try object(message)["device"] as? [String: Any])
        #expect(device["name"] as? String == "Plant gw-b")
        #expect(device["via_device"] as? String == "bobo/my_plant")
        let components = try components(message)
        #expect(components["connectivity"]?["state_topic"] as? String == "my_plant/status/gw-b")
        #expect(components.count == 7)
        for (name, sensor) in components where name != "connectivity" {
            #expect(sensor["state_topic"] as? String == "my_plant/stats/gw-b")
            #expect((sensor["availability"] as? [[String: String]]) == [["topic": "my_plant/status/gw-b"]])
            #expect(sensor["entity_category"] as? String == "diagnostic")
        }
    }

    @Test("No prefix and instance give the topic of others")
    func topicsApart() throws {
        let names = [("a", "b_c"), ("a_b", "c"), ("a", "_b"), ("a_", "b"), ("a_u", "b"), ("a__b", "c"), ("a", "b__c")]
        let topics = try names.flatMap { prefix, instance in
            let discovery = try discovery("instance: \(instance)\nprefix: \(prefix)")
            return [discovery.gatewayMessage.topic, discovery.names.deviceTopic]
        }
        #expect(Set(topics).count == topics.count - 2, "the shared devices of two times `a` are the same")
    }

    @Test("What is gone names its kind alone, before all others; revived it is as it was")
    func gone() throws {
        let discovery = try discovery("{}", fire)
        let gone = ["old", "old.each"]
        let message = discovery.deviceMessage(gone: gone)
        #expect(try components(message)["old"] as? [String: String] == ["platform": "event"])
        let text = String(decoding: message.payload, as: UTF8.self)
        let (old, present) = try (
            #require(text.range(of: "\"old.each\"")), #require(text.range(of: "\"kitchen-fire\""))
        )
        #expect(old.lowerBound < present.lowerBound)
        let revived = try components(discovery.deviceMessage(gone: gone, revived: true))
        #expect(revived["old"]?["unique_id"] as? String == "bobo/bobo/event/old")
        #expect(revived["old.each"] as? [String: String] == ["platform": "device_automation"])
    }
}
