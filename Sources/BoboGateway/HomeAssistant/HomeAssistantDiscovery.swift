package import BoboEngine

/// What Home Assistant is told of a gateway and of the device that all gateways of a prefix share, by MQTT device discovery
/// (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload). Every gateway tells the same of the shared
/// device, that is, what all of them show together: so it does not matter which one lives, and none takes away what
/// another has.
package struct HomeAssistantDiscovery: Sendable {
    package struct Message: Hashable, Sendable {
        package let topic: String
        package let payload: [UInt8]
    }

    let names: HomeAssistantNames
    /// What the devices are called.
    let title: String
    /// What this gateway shows.
    let own: ShownPhenomena
    /// What the others show that have told of it, by instance.
    var others: [String: ShownPhenomena] = [:]
    /// Those of the others that are not there. What they have stays, but for what was dismissed.
    var away: Set<String> = []
    /// Components that a gateway has taken out of its patterns, and that no other had which was there.
    var dismissed: Set<String> = []
    private let peers: [String]

    package init(_ configuration: Configuration, _ phenomena: [Phenomenon]) {
        names = HomeAssistantNames(configuration)
        title = configuration.homeAssistant.name
        peers = configuration.peers.ids
        own = ShownPhenomena(phenomena, names)
    }

    /// What this gateway and those show that have told of it, in the order of their names.
    private var shown: [(gateway: String, phenomena: ShownPhenomena)] {
        let others = others.filter { $0.key != names.instance }.map { gateway, phenomena in
            (gateway, away.contains(gateway) ? phenomena.without(dismissed) : phenomena)
        }
        return (others + [(names.instance, own)]).sorted { $0.0 < $1.0 }
    }

    /// What all of them show together.
    private var together: ShownPhenomena {
        var together = ShownPhenomena()
        for (_, phenomena) in shown { together.join(phenomena, names) }
        return together
    }

    /// All that is told of the shared device.
    var components: Set<String> { together.components }

    // MARK: The shared device

    /// The device that shows the phenomena.
    /// - Parameters:
    ///   - gone: components that are taken back.
    ///   - revived: whether those are told of once more, as they were: Home Assistant forgets only what it has been told of
    ///     since its own start.
    func deviceMessage(gone: [String] = [], revived: Bool = false) -> Message {
        let (shown, together) = (shown, together)
        let gateways = Set(shown.map(\.gateway) + peers).sorted()
        var json = JSONWriter(capacity: 1024 * (together.lines.count + 1))
        json.raw("{\"device\":{\"identifiers\":[")
        json.write(names.identity)
        json.raw("],\"name\":")
        json.write(title)
        json.raw(",\"manufacturer\":\"Bobo\",\"model\":\"Complex events\"},\"origin\":{\"name\":\"Bobo\"}")
        writeAvailability(gateways, to: &json)
        json.raw(",\"qos\":1,\"components\":{")
        var isFirst = true
        func begin(_ identifier: String, _ json: inout JSONWriter) {
            if !isFirst { json.raw(",") }
            isFirst = false
            json.write(identifier)
            json.raw(":")
        }
        // First, since Home Assistant passes over the rest of a message while it is still at work on one of its components.
        for gone in gone.sorted() {
            begin(gone, &json)
            let platform = HomeAssistantNames.platform(of: gone)
            if revived, platform == "event" {
                let line = ShownPhenomena.Line(patterns: ["gone"], topic: names.usualTopic(of: gone))
                writeEvent(gone, line, at: gateways, of: gateways, isRevived: true, to: &json)
            } else {
                json.raw("{\"platform\":")
                json.write(platform)
                json.raw("}")
            }
        }
        for (name, line) in together.lines.sorted(by: { $0.key < $1.key }) {
            begin(name, &json)
            // Of those that have told nothing yet it is not known.
            let without = shown.filter { $0.phenomena.lines[name] == nil }.map(\.gateway)
            writeEvent(name, line, at: gateways.filter { !without.contains($0) }, of: gateways, to: &json)
            for pattern in line.patterns {
                begin(HomeAssistantNames.trigger(name, pattern), &json)
                json.raw("{\"platform\":\"device_automation\",\"automation_type\":\"trigger\",\"type\":")
                json.write(name)
                json.raw(",\"subtype\":")
                json.write(pattern)
                json.raw(",\"topic\":")
                json.write(line.topic)
                json.raw(",\"payload\":")
                json.write(pattern)
                json.raw(",\"value_template\":\"{{ value_json.subject }}\",\"qos\":1}")
            }
        }
        json.raw("}}")
        return Message(topic: names.deviceTopic, payload: json.bytes)
    }

    /// - Parameters:
    ///   - some: the gateways that have the phenomenon: it is available while any of them is.
    ///   - all: those of the device.
    ///   - isRevived: whether it is gone, for the other gateways to see.
    private func writeEvent(
        _ name: String, _ line: ShownPhenomena.Line, at some: [String], of all: [String], isRevived: Bool = false,
        to json: inout JSONWriter
    ) {
        json.raw("{\"platform\":\"event\",\"unique_id\":")
        json.write("\(names.identity)/event/\(name)")
        json.raw(",\"name\":")
        json.write(name)
        json.raw(",\"icon\":\"mdi:flash\",\"event_types\":[")
        for (index, type) in line.patterns.enumerated() {
            if index > 0 { json.raw(",") }
            json.write(type)
        }
        json.raw("],\"state_topic\":")
        json.write(line.topic)
        if some != all { writeAvailability(some, to: &json) }
        json.raw(",\"value_template\":")
        json.write(HomeAssistantDiscovery.eventTemplate)
        json.raw(isRevived ? ",\"revived\":true}" : "}")
    }

    private func writeAvailability(_ gateways: [String], to json: inout JSONWriter) {
        json.raw(",\"availability_mode\":\"any\",\"availability\":[")
        for (index, gateway) in gateways.enumerated() {
            json.raw(index > 0 ? ",{\"topic\":" : "{\"topic\":")
            json.write(names.status(of: gateway))
            json.raw("}")
        }
        json.raw("]")
    }

    /// The CloudEvent as Home Assistant's event entities want it: a flat object with `event_type`.
    private static let eventTemplate =
        "{{ {'event_type': value_json.subject, 'key': value_json.data.key, 'run': value_json.data.run, "
        + "'data': value_json.data.data, 'time': value_json.time, 'gateway': value_json.gateway} | to_json }}"
}
