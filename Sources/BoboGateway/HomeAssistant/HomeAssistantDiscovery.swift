package import BoboEngine

/// What Home Assistant is told of a gateway and of the device that all gateways of a prefix share, by MQTT device discovery
/// (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload). Every gateway tells the same of the shared
/// device, so it does not matter which one lives.
package struct HomeAssistantDiscovery: Sendable {
    package struct Message: Hashable, Sendable {
        package let topic: String
        package let payload: [UInt8]
    }

    /// A component that has gone, and was told of before.
    struct Gone: Hashable {
        let identifier: String
        /// Home Assistant's name of its kind: `event`.
        let platform: String
    }

    private let settings: Configuration.HomeAssistant
    private let prefix: String
    private let instance: String
    /// All gateways of the prefix, this one among them, in order.
    private let gateways: [String]
    private let phenomena: [Phenomenon]

    package init(_ configuration: Configuration, _ phenomena: [Phenomenon]) {
        settings = configuration.homeAssistant
        prefix = configuration.prefix
        instance = configuration.instance
        gateways = Set(configuration.peers.ids + [configuration.instance]).sorted()
        self.phenomena = phenomena.sorted { $0.name < $1.name }
    }

    /// Where the shared device is told of. In the name of an object of discovery only `[A-Za-z0-9_-]` may stand, so that
    /// prefix and instance are kept apart by `__`, which the prefix cannot hold then.
    package var deviceTopic: String { "\(settings.prefix)/device/\(object)/config" }

    private var gatewayTopic: String { "\(settings.prefix)/device/\(object)__\(instance)/config" }

    private var object: String { "bobo_" + prefix.replacing("_", with: "_u") }

    /// The name of the device and of each unique identifier.
    private var identity: String { "bobo/\(prefix)" }

    // MARK: The gateway's own device

    /// The device of this gateway, with its figures.
    package var gatewayMessage: Message {
        var json = JSONWriter(capacity: 4096)
        json.raw("{\"device\":{\"identifiers\":[")
        json.write("\(identity)/\(instance)")
        json.raw("],\"name\":")
        json.write("\(settings.name) \(instance)")
        json.raw(",\"manufacturer\":\"Bobo\",\"model\":\"Gateway\",\"sw_version\":")
        json.write(Gateway.version)
        json.raw(",\"via_device\":")
        json.write(identity)
        json.raw("},\"origin\":\(HomeAssistantDiscovery.origin),\"components\":{\"connectivity\":")
        json.raw("{\"platform\":\"binary_sensor\",\"unique_id\":")
        json.write("\(identity)/\(instance)/connectivity")
        json.raw(",\"device_class\":\"connectivity\",\"entity_category\":\"diagnostic\",\"state_topic\":")
        json.write("\(prefix)/status/\(instance)")
        json.raw(",\"payload_on\":\"online\",\"payload_off\":\"offline\"}")
        for sensor in HomeAssistantDiscovery.sensors { write(sensor, to: &json) }
        json.raw("}}")
        return Message(topic: gatewayTopic, payload: json.bytes)
    }

    private struct Sensor {
        let identifier: String
        let name: String
        let icon: String
        let template: String
        var unit: String?
        /// `measurement`, or `total_increasing` of what begins anew with each start.
        let stateClass: String
    }

    private static let sensors = [
        Sensor(
            identifier: "messages_per_second", name: "Messages per second", icon: "mdi:message-arrow-right",
            template: "{{ value_json.messages.per_second }}", unit: "msg/s", stateClass: "measurement"),
        Sensor(
            identifier: "active_runs", name: "Active runs", icon: "mdi:progress-clock",
            template: "{{ value_json.runs.active }}", stateClass: "measurement"),
        Sensor(
            identifier: "complex_events", name: "Complex events", icon: "mdi:flash",
            template: "{{ value_json.events_published }}", stateClass: "total_increasing"),
        Sensor(
            identifier: "live_peers", name: "Live peers", icon: "mdi:lan-connect",
            template: "{{ value_json.peers.values() | selectattr('live') | list | count }}", stateClass: "measurement"),
        Sensor(
            identifier: "late_events", name: "Late events", icon: "mdi:clock-alert",
            template: "{{ value_json.messages.late }}", stateClass: "total_increasing"),
        Sensor(
            identifier: "dropped_messages", name: "Dropped messages", icon: "mdi:message-alert",
            template: "{{ value_json.messages.dropped }}", stateClass: "total_increasing"),
    ]

    private func write(_ sensor: Sensor, to json: inout JSONWriter) {
        json.raw(",\"\(sensor.identifier)\":{\"platform\":\"sensor\",\"unique_id\":")
        json.write("\(identity)/\(instance)/\(sensor.identifier)")
        json.raw(",\"name\":")
        json.write(sensor.name)
        json.raw(",\"icon\":\"\(sensor.icon)\",\"entity_category\":\"diagnostic\",\"state_class\":")
        json.write(sensor.stateClass)
        if let unit = sensor.unit {
            json.raw(",\"unit_of_measurement\":")
            json.write(unit)
        }
        json.raw(",\"state_topic\":")
        json.write("\(prefix)/stats/\(instance)")
        json.raw(",\"value_template\":")
        json.write(sensor.template)
        json.raw(",\"availability\":[{\"topic\":")
        json.write("\(prefix)/status/\(instance)")
        json.raw("}]}")
    }

    static let origin = "{\"name\":\"Bobo\",\"sw_version\":\"\(Gateway.version)\"}"

    // MARK: The shared device

    /// The device that shows the phenomena.
    /// - Parameters:
    ///   - gone: components that are taken back.
    ///   - revived: whether those are told of once more, as they were: Home Assistant forgets only what it has been told of
    ///     since its own start.
    func deviceMessage(gone: [Gone] = [], revived: Bool = false) -> Message {
        var json = JSONWriter(capacity: 1024 * (phenomena.count + 1))
        json.raw("{\"device\":{\"identifiers\":[")
        json.write(identity)
        json.raw("],\"name\":")
        json.write(settings.name)
        json.raw(",\"manufacturer\":\"Bobo\",\"model\":\"Complex events\",\"sw_version\":")
        json.write(Gateway.version)
        json.raw("},\"origin\":\(HomeAssistantDiscovery.origin),\"availability_mode\":\"any\",\"availability\":[")
        for (index, gateway) in gateways.enumerated() {
            json.raw(index > 0 ? ",{\"topic\":" : "{\"topic\":")
            json.write("\(prefix)/status/\(gateway)")
            json.raw("}")
        }
        json.raw("],\"qos\":1,\"components\":{")
        var isFirst = true
        func begin(_ identifier: String, _ json: inout JSONWriter) {
            if !isFirst { json.raw(",") }
            isFirst = false
            json.write(identifier)
            json.raw(":")
        }
        // First, since Home Assistant passes over the rest of a message while it is still at work on one of its components.
        for gone in gone.sorted(by: { $0.identifier < $1.identifier }) {
            begin(gone.identifier, &json)
            if revived, gone.platform == "event" {
                writeEvent(gone.identifier, types: ["gone"], topic: "\(prefix)/events/\(gone.identifier)", to: &json)
            } else {
                json.raw("{\"platform\":")
                json.write(gone.platform)
                json.raw("}")
            }
        }
        for phenomenon in phenomena {
            begin(phenomenon.name, &json)
            let topic = topic(of: phenomenon)
            writeEvent(phenomenon.name, types: phenomenon.patterns.map(\.name), topic: topic, to: &json)
            for pattern in phenomenon.patterns {
                begin(HomeAssistantDiscovery.trigger(phenomenon.name, pattern.name), &json)
                json.raw("{\"platform\":\"device_automation\",\"automation_type\":\"trigger\",\"type\":")
                json.write(phenomenon.name)
                json.raw(",\"subtype\":")
                json.write(pattern.name)
                json.raw(",\"topic\":")
                json.write(topic)
                json.raw(",\"payload\":")
                json.write(pattern.name)
                json.raw(",\"value_template\":\"{{ value_json.subject }}\",\"qos\":1}")
            }
        }
        json.raw("}}")
        return Message(topic: deviceTopic, payload: json.bytes)
    }

    private func writeEvent(_ name: String, types: [String], topic: String, to json: inout JSONWriter) {
        json.raw("{\"platform\":\"event\",\"unique_id\":")
        json.write("\(identity)/event/\(name)")
        json.raw(",\"name\":")
        json.write(name)
        json.raw(",\"icon\":\"mdi:flash\",\"event_types\":[")
        for (index, type) in types.enumerated() {
            if index > 0 { json.raw(",") }
            json.write(type)
        }
        json.raw("],\"state_topic\":")
        json.write(topic)
        json.raw(",\"value_template\":")
        json.write(HomeAssistantDiscovery.eventTemplate)
        json.raw("}")
    }

    /// The CloudEvent as Home Assistant's event entities want it: a flat object with `event_type`.
    static let eventTemplate =
        "{{ {'event_type': value_json.subject, 'key': value_json.data.key, 'run': value_json.data.run, "
        + "'data': value_json.data.data, 'time': value_json.time, 'gateway': value_json.gateway} | to_json }}"

    /// All that is told of the shared device.
    var components: Set<String> {
        Set(
            phenomena.flatMap { phenomenon in
                [phenomenon.name] + phenomenon.patterns.map { HomeAssistantDiscovery.trigger(phenomenon.name, $0.name) }
            })
    }

    /// The name of a trigger among the components: a pattern's name may hold anything.
    private static func trigger(_ phenomenon: String, _ pattern: String) -> String {
        let escaped = pattern.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "\(phenomenon).\(escaped.joined())"
    }

    /// Where the complex events of a phenomenon go: where its patterns say the same fixed topic, there.
    private func topic(of phenomenon: Phenomenon) -> String {
        let usual = "\(prefix)/events/\(phenomenon.name)"
        let topics = Set(
            phenomenon.patterns.map { pattern -> String in
                guard let template = pattern.emit.topic else { return usual }
                var text = ""
                for part in template.parts {
                    guard case .text(let fixed) = part else { return usual }
                    text += fixed
                }
                return text
            })
        return topics.count == 1 ? topics.first ?? usual : usual
    }
}
