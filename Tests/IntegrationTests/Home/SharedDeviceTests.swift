import Foundation
import Testing

/// What Home Assistant finds of the device that two gateways share which do not have the same patterns.
@Suite(.waiting) struct SharedDeviceTests {
    let site: Site
    /// Where the second one runs.
    let other: TestFolder
    let client: BrokerClient
    private let device = "homeassistant/device/bobo_bobo/config"

    init() throws {
        site = try Site()
        other = try TestFolder()
        let configuration = "home_assistant: {discovery: true}"
        try site.configure(configuration)
        try other.write(configuration, to: "bobo.yaml")
        client = try site.listener("homeassistant/device/+/config")
    }

    private func startOther() throws -> BoboProcess {
        let gateway = try BoboProcess(["run", "--broker", site.broker.url, "--instance", "gw-b"], in: other)
        try gateway.waitForLine(containing: "gateway gw-b is ready", timeout: .seconds(30))
        return gateway
    }

    /// A phenomenon of the second gateway.
    private func writeOther(_ name: String) throws {
        try other.write(
            "phenomenon: \(name)\npatterns: [{name: other, input: 'home/#', blocks: [{next: 'true'}]}]",
            to: "patterns/\(name).yaml")
    }

    /// Whether it names nothing but its kind.
    private func isGone(_ name: String, _ message: BrokerClient.Message) -> Bool {
        guard let component = try? ReadJSON(message.text)["components"][name] else { return false }
        return component.count == 1 && component["platform"].string != nil
    }

    /// Whether it is there; with the gateways while one of which is online it is available, where those are not all.
    private func has(_ name: String, at gateways: [String]? = nil, _ message: BrokerClient.Message) throws -> Bool {
        let component = try ReadJSON(message.text)["components"][name]
        let topics = component["availability"].values.map { $0["topic"].string }
        return component["unique_id"].string != nil
            && topics == (gateways ?? []).map { "bobo/status/\($0)" }
    }

    /// What was told of the device since a place among all messages.
    private func told(since place: Int) -> [BrokerClient.Message] {
        client.messages[place...].filter { $0.topic == device && !$0.payload.isEmpty }
    }

    @Test("Each tells what both have; what one has no longer goes when the other has it no longer, either")
    func together() throws {
        try site.pattern("fire", each: "home/#")
        try site.pattern("flood", each: "home/#")
        try writeOther("fire")
        try writeOther("frost")
        let first = try site.gateway(instance: "gw-a")
        try client.waitForMessage(on: device)
        var place = client.messages.count
        let second = try startOther()
        try client.waitForMessage(on: device) {
            try has("fire", $0) && has("flood", at: ["gw-a"], $0) && has("frost", at: ["gw-b"], $0)
        }
        let both = try #require(told(since: place).last)
        let content = try ReadJSON(both.text)
        #expect(content["components"]["fire"]["event_types"] == ["each", "other"])
        #expect(content["availability"].values.map { $0["topic"].string } == ["bobo/status/gw-a", "bobo/status/gw-b"])
        // Both answer, in any order, with the same.
        try client.publish("homeassistant/status", "online")
        try client.wait(for: "both answers") { told(since: place).count { $0.payload == both.payload } >= 3 }
        #expect(!told(since: place).contains { isGone("fire", $0) || isGone("flood", $0) || isGone("frost", $0) })

        // The first has it no longer, and no longer it alone.
        place = client.messages.count
        try site.folder.remove("patterns/fire.yaml")
        try client.waitForMessage(on: device, timeout: .seconds(20)) { try has("fire", at: ["gw-b"], $0) }
        #expect(!told(since: place).contains { isGone("fire", $0) })
        try other.remove("patterns/fire.yaml")
        let gone = try client.waitForMessage(on: device, timeout: .seconds(20)) { isGone("fire", $0) }
        #expect(isGone("fire.each", gone) && isGone("fire.other", gone))
        #expect(try has("flood", at: ["gw-a"], gone) && has("frost", at: ["gw-b"], gone))
        withExtendedLifetime((first, second)) {}
    }

    @Test("What a gateway had that is gone for good goes with its device; that of one that lives comes back")
    func deletedDevices() throws {
        try site.pattern("fire", each: "home/#")
        try site.pattern("haze", each: "home/#")
        try writeOther("frost")
        try writeOther("haze")
        let first = try site.gateway(instance: "gw-a")
        let second = try startOther()
        try client.waitForMessage(on: device) { try has("fire", at: ["gw-a"], $0) && has("frost", at: ["gw-b"], $0) }

        // Killed it is away, no more.
        second.send(SIGKILL)
        _ = try second.waitForExit()
        var place = client.messages.count
        try client.publish("homeassistant/status", "online")
        try client.wait(for: "the answer of the one that lives") { told(since: place).count >= 1 }
        #expect(try told(since: place).allSatisfy { try has("frost", at: ["gw-b"], $0) })
        try site.folder.remove("patterns/haze.yaml")
        let changed = try client.waitForMessage(on: device, timeout: .seconds(20)) { isGone("haze", $0) }
        #expect(try has("frost", at: ["gw-b"], changed))

        place = client.messages.count
        let own = "homeassistant/device/bobo_bobo__gw-a/config"
        try client.publish(own, "", retain: true)
        try client.wait(for: "the device of the one that lives") {
            client.messages[place...].contains { $0.topic == own && !$0.payload.isEmpty }
        }
        #expect(!told(since: place).contains { isGone("fire", $0) })
        try client.publish("homeassistant/device/bobo_bobo__gw-b/config", "", retain: true)
        let gone = try client.waitForMessage(on: device) { isGone("frost", $0) }
        #expect(try has("fire", gone))
        withExtendedLifetime(first) {}
    }
}
