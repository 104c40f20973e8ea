import Foundation
import Testing

/// What Home Assistant finds on the broker.
@Suite(.waiting) struct HomeAssistantTests {
    let site: Site
    private let device = "homeassistant/device/bobo_bobo/config"

    init() throws {
        site = try Site()
        try site.configure("home_assistant: {discovery: true}")
        try site.pattern("fire", each: "home/#")
        try site.pattern("flood", each: "home/#")
    }

    private func components(_ message: BrokerClient.Message) throws -> ReadJSON {
        try ReadJSON(message.text)["components"]
    }

    /// Whether it names nothing but its kind.
    private func isGone(_ name: String, _ message: BrokerClient.Message) -> Bool {
        guard let component = try? components(message)[name] else { return false }
        return component.count == 1 && component["platform"].string != nil
    }

    @Test("Device and entities are retained, and told again when Home Assistant says that it is there")
    func birth() throws {
        let gateway = try site.gateway()
        let client = try site.listener("homeassistant/device/+/config")
        let message = try client.waitForMessage(on: device)
        #expect(try components(message)["fire"]["event_types"] == ["each"])
        try client.waitForMessage(on: "homeassistant/device/bobo_bobo__gw/config")
        let later = try site.listener("homeassistant/device/+/config")
        #expect(try later.waitForMessage(on: device).isRetained)
        #expect(try later.waitForMessage(on: "homeassistant/device/bobo_bobo__gw/config").isRetained)
        try later.publish("homeassistant/status", "online")
        let again = try later.waitForMessage(on: device) { !$0.isRetained }
        #expect(again.payload == message.payload)
        withExtendedLifetime(gateway) {}
    }

    @Test("A phenomenon that is removed is taken back, also where the gateway did not run meanwhile")
    func removal() throws {
        let gateway = try site.gateway()
        let client = try site.listener(device)
        try client.waitForMessage(on: device)
        try site.folder.remove("patterns/flood.yaml")
        let gone = try client.waitForMessage(on: device, timeout: .seconds(20)) {
            isGone("flood", $0)
        }
        #expect(isGone("flood.each", gone))
        #expect(try components(gone)["fire"]["platform"] == "event")
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)

        try site.folder.remove("patterns/fire.yaml")
        try site.pattern("frost", each: "home/#")
        let next = try site.gateway()
        let both = try client.waitForMessage(on: device) {
            isGone("fire", $0) && isGone("flood", $0)
        }
        #expect(try components(both)["frost"]["platform"] == "event")
        // Home Assistant's next start: it forgets only what it has been told of since.
        try client.publish("homeassistant/status", "online")
        let revived = try client.waitForMessage(on: device) {
            try components($0)["fire"]["unique_id"] == "bobo/bobo/event/fire"
                && components($0)["frost"]["platform"] == "event"
        }
        let place = try #require(client.messages.firstIndex { $0 == revived })
        _ = try client.wait(for: "the end of what was revived") {
            client.messages[(place + 1)...].contains {
                $0.topic == device && isGone("fire", $0)
            }
        }
        withExtendedLifetime(next) {}
    }

    @Test("With discovery off nothing is said")
    func off() throws {
        try site.configure("home_assistant: {discovery: false}")
        let gateway = try site.gateway()
        let client = try site.listener("homeassistant/#", "bobo/events/fire")
        try client.publish("home/a", "1")
        try client.waitForData(of: "fire")
        #expect(!client.messages.contains { $0.topic.hasPrefix("homeassistant/") })
        withExtendedLifetime(gateway) {}
    }
}
