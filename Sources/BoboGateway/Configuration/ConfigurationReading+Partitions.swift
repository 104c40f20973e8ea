internal import BoboTopics
internal import BoboYAML

extension ConfigurationReading {
    func partitions(prefix: String, hasPeers: Bool) -> Configuration.Partitions {
        var partitions = Configuration.Partitions()
        let filters = placedFilters("partitions.filters", prefix: prefix)
        partitions.filters = filters.map(\.filter)
        checkFilters(filters)
        set(
            &partitions.copies,
            layers.value("partitions.copies") { $0.node.integer(in: 1...2, problems) }.map { Int($0) })
        let read = placedFilters("partitions.read", prefix: prefix)
        partitions.read = read.map(\.filter)
        checkRead(read, of: partitions.filters)
        partitions.share = layers.value("partitions.share", isText: true, read: group) ?? nil
        checkTogether(partitions, hasPeers: hasPeers)
        return partitions
    }

    private func placedFilters(_ path: String, prefix: String) -> [(filter: TopicFilter, place: SourcePlace)] {
        layers.value(path, isList: true) { given in
            guard let list = given.node.list(problems, expected: "a list of topic filters") else { return nil }
            let filters = list.compactMap { node in topicFilter(node, prefix: prefix).map { ($0, node.place) } }
            return filters.count == list.count ? filters : nil
        } ?? []
    }

    private func checkFilters(_ filters: [(filter: TopicFilter, place: SourcePlace)]) {
        for (index, one) in filters.enumerated() {
            let before = filters[..<index].map(\.filter)
            if before.contains(one.filter) {
                problems.error(one.place, "found \(one.filter) twice")
            } else if one.filter.isCovered(by: before) {
                problems.hint(
                    one.place, "\(one.filter) gets no topic: those before it match the same, and the first counts")
            }
        }
    }

    private func checkRead(_ read: [(filter: TopicFilter, place: SourcePlace)], of filters: [TopicFilter]) {
        var seen: Set<TopicFilter> = []
        for (filter, place) in read {
            if !seen.insert(filter).inserted { problems.error(place, "found \(filter) twice") }
            guard !filters.isEmpty, !filters.contains(filter) else { continue }
            problems.error(
                place,
                "\(filter) is no partition, expected some of partitions.filters: "
                    + filters.map(\.text).joined(separator: ", "))
        }
    }

    /// nil for `""`, which says that there is none.
    private func group(_ given: ConfigurationLayers.Given) -> String?? {
        guard let text = given.node.text(problems, expected: "the name of a group") else { return nil }
        guard !text.isEmpty else { return .some(nil) }
        // MQTT 5.0, section 4.8.2; long enough, and the filter needs room beside it.
        guard text.utf8.count <= 200, !text.contains(where: { "/+#\0".contains($0) }) else {
            problems.error(
                given.node.place, "expected the name of a group of at most 200 bytes, without / + and #")
            return nil
        }
        return text
    }

    /// Three ways to say what a gateway reads, of which one holds: the division, `read`, `share`.
    private func checkTogether(_ partitions: Configuration.Partitions, hasPeers: Bool) {
        if partitions.share != nil {
            for (key, isGiven) in [
                ("read", !partitions.read.isEmpty), ("filters", !partitions.filters.isEmpty),
                ("copies", partitions.copies > 1),
            ] where isGiven {
                problems.error(
                    place("partitions.\(key)"),
                    "found \(key) beside share, expected only one of them: with share the broker says who gets which message"
                )
            }
        } else if !partitions.read.isEmpty, partitions.copies > 1 {
            problems.error(
                place("partitions.copies"),
                "found copies: \(partitions.copies) beside read, expected only one of them: copies is for the division, "
                    + "instead of which read says what is read")
        } else if !hasPeers, partitions.read.isEmpty {
            let given = ["filters", "copies"].map { "partitions.\($0)" }.first { layers.origins[$0] != nil }
            guard let given else { return }
            problems.hint(
                place(given), "says nothing without peers.ids: this gateway reads all partitions (read says which)")
        }
    }
}
