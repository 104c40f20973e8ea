internal import BoboTopics
internal import BoboYAML
internal import CEL

extension ConfigurationReading {
    func sensors(prefix: String) -> [Configuration.Sensor] {
        guard let list = layers.fileOnly("sensors")?.list(problems, expected: "a list of sensors") else { return [] }
        var sensors: [Configuration.Sensor] = []
        for node in list {
            guard let reader = node.mapping(problems, expected: "a mapping with filter"),
                let sensor = sensor(reader, prefix: prefix)
            else { continue }
            if let earlier = sensors.first(where: { $0.filter.covers(sensor.filter) }) {
                problems.hint(
                    sensor.filterPlace,
                    "\(sensor.filter) never counts: \(earlier.filter) before it (line \(earlier.filterPlace.line)) matches "
                        + "the same topics")
            }
            sensors.append(sensor)
        }
        return sensors
    }

    private func sensor(_ reader: MappingReader, prefix: String) -> Configuration.Sensor? {
        let filterNode = reader.required("filter")
        let filter = filterNode.flatMap { topicFilter($0, prefix: prefix) }
        let qos = reader.optional("qos")?.integer(in: 0...2, problems)
        let retained = reader.optional("retained")?.bool(problems)
        let format = reader.optional("format")?.oneOf(Configuration.PayloadFormat.self, problems)
        let timestamp = reader.optional("timestamp")?.expression(problems)
        let eventID = reader.optional("event_id")?.expression(problems)
        reader.finish()
        // Compiled again with the patterns; here to be told of with all else that is wrong.
        let expressions = SensorExpressions(paths: PathTable(), problems: problems)
        _ = timestamp.flatMap(expressions.timestamp)
        _ = eventID.flatMap(expressions.eventIdentifier)
        guard let filter, let filterNode else { return nil }
        var sensor = Configuration.Sensor(filter: filter, filterPlace: filterNode.place)
        if let qos { sensor.qos = Int(qos) }
        if let retained { sensor.retained = retained }
        if let format { sensor.format = format }
        sensor.timestamp = timestamp
        sensor.eventID = eventID
        return sensor
    }

    func topicFilter(_ node: YAMLNode, prefix: String) -> TopicFilter? {
        guard let text = node.text(problems, expected: "a topic filter") else { return nil }
        do {
            let filter = try TopicFilter(text)
            if filter.firstLiteral == "$share" {
                problems.error(
                    node.place,
                    "found a shared subscription, expected its filter alone; the group is for partitions.share")
                return nil
            }
            if filter.firstLiteral == prefix {
                problems.hint(
                    node.place, "topics under \(prefix) are no sensors: what gateways publish there feeds back within")
            }
            return filter
        } catch {
            problems.error(node.place, "no topic filter: \(error)")
            return nil
        }
    }
}
