import BoboEngine

/// The device of this gateway, with its figures.
extension HomeAssistantDiscovery {
    package var gatewayMessage: Message {
        let instance = names.instance
        var json = JSONWriter(capacity: 4096)
        json.raw("{\"device\":{\"identifiers\":[")
        json.write("\(names.identity)/\(instance)")
        json.raw("],\"name\":")
        json.write("\(title) \(instance)")
        json.raw(",\"manufacturer\":\"Bobo\",\"model\":\"Gateway\",\"sw_version\":")
        json.write(Gateway.version)
        json.raw(",\"via_device\":")
        json.write(names.identity)
        json.raw("},\"origin\":{\"name\":\"Bobo\",\"sw_version\":\"\(Gateway.version)\"}")
        json.raw(",\"components\":{\"connectivity\":{\"platform\":\"binary_sensor\",\"unique_id\":")
        json.write("\(names.identity)/\(instance)/connectivity")
        json.raw(",\"device_class\":\"connectivity\",\"entity_category\":\"diagnostic\",\"state_topic\":")
        json.write(names.status(of: instance))
        json.raw(",\"payload_on\":\"online\",\"payload_off\":\"offline\"")
        // For the other gateways. Home Assistant passes over what it does not know, but only in a component.
        json.raw(",\"phenomena\":")
        own.write(to: &json)
        json.raw("}")
        for sensor in HomeAssistantDiscovery.sensors { write(sensor, to: &json) }
        json.raw("}}")
        return Message(topic: names.gatewayTopic, payload: json.bytes)
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
        json.write("\(names.identity)/\(names.instance)/\(sensor.identifier)")
        json.raw(",\"name\":")
        json.write(sensor.name)
        json.raw(",\"icon\":\"\(sensor.icon)\",\"entity_category\":\"diagnostic\",\"state_class\":")
        json.write(sensor.stateClass)
        if let unit = sensor.unit {
            json.raw(",\"unit_of_measurement\":")
            json.write(unit)
        }
        json.raw(",\"state_topic\":")
        json.write("\(names.prefix)/stats/\(names.instance)")
        json.raw(",\"value_template\":")
        json.write(sensor.template)
        json.raw(",\"availability\":[{\"topic\":")
        json.write(names.status(of: names.instance))
        json.raw("}]}")
    }
}
