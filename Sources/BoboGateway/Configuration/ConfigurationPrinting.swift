private import BoboMQTT
internal import BoboTopics
internal import BoboYAML

extension Configuration {
    /// The whole as YAML, each value with its origin as a comment, the password masked: what `--print-config` prints.
    package var printed: String {
        var lines: [String] = []
        func add(_ path: String, _ value: String?) {
            let parts = path.split(separator: ".")
            let key = parts.last.map(String.init) ?? path
            let indentation = String(repeating: "  ", count: parts.count - 1)
            let origin = "# " + printable(origin(of: path).description)
            guard let value else {
                lines.append("\(indentation)# \(key):  \(origin)")
                return
            }
            lines.append("\(indentation)\(key): \(value)  \(origin)")
        }
        func text(_ text: String?) -> String? { text.map(yamlText) }
        add("instance", text(instance))
        add("prefix", text(prefix))
        add("patterns", text(patterns))
        add("timezone", text(timezone))
        lines.append("broker:")
        let broker = [
            ("url", text(broker.url?.description)), ("version", broker.version.rawValue),
            ("client_id", text(broker.clientID)),
            ("username", text(broker.username)),
            ("password", broker.passwordFile == nil ? broker.password.map { yamlText($0.description) } : nil),
            ("password_file", text(broker.passwordFile)), ("ca_file", text(broker.caFile)),
            ("certificate_file", text(broker.certificateFile)), ("key_file", text(broker.keyFile)),
            ("keep_alive", DurationText.text(broker.keepAlive)),
            ("session_expiry", DurationText.text(broker.sessionExpiry)),
        ]
        for (key, value) in broker { add("broker.\(key)", value) }
        add("secrets_file", text(secretsFile))
        add("sensors", sensors.isEmpty ? "[]" : "")
        for sensor in sensors { lines += sensor.printed }
        add("max_lateness", DurationText.text(maxLateness))
        add("late", late.rawValue)
        add("max_ahead", DurationText.text(maxAhead))
        add("max_payload", ByteSize.text(maxPayload))
        add("max_state", "\(maxState)")
        lines.append("queue:")
        add("queue.size", "\(queue.size)")
        add("queue.when_full", queue.whenFull.rawValue)
        lines.append("peers:")
        addPeers(add) { lines.append("  remember:") }
        lines.append("partitions:")
        addPartitions(add)
        add("stats_interval", DurationText.text(statsInterval))
        lines.append("home_assistant:")
        add("home_assistant.discovery", "\(homeAssistant.discovery)")
        add("home_assistant.prefix", yamlText(homeAssistant.prefix))
        add("home_assistant.name", yamlText(homeAssistant.name))
        lines.append("http:")
        add("http.listen", yamlText(http.listen?.description ?? ""))
        add("http.token_file", yamlText(http.tokenFile ?? ""))
        add("log_level", logLevel.rawValue)
        add("log_format", logFormat.rawValue)
        return lines.joined(separator: "\n") + "\n"
    }

    private func addPeers(_ add: (String, String?) -> Void, _ beginRemember: () -> Void) {
        add("peers.ids", yamlList(peers.ids))
        add("peers.key_file", peers.keyFile.map(yamlText))
        for (key, duration) in [
            ("ping_after", peers.pingAfter), ("resync_after", peers.resyncAfter), ("ping_interval", peers.pingInterval),
            ("resync_interval", peers.resyncInterval), ("stash_interval", peers.stashInterval),
        ] {
            add("peers.\(key)", DurationText.text(duration))
        }
        add("peers.stash_limit", "\(peers.stashLimit)")
        beginRemember()
        add("peers.remember.runs", "\(peers.rememberedRuns)")
        add("peers.remember.age", DurationText.text(peers.rememberAge))
        add("peers.catch_up", DurationText.text(peers.catchUp))
        add("peers.batch", DurationText.text(peers.batch))
        add("peers.message_limit", ByteSize.text(peers.messageLimit))
    }

    private func addPartitions(_ add: (String, String?) -> Void) {
        add("partitions.filters", partitions.filters.isEmpty ? nil : yamlList(partitions.filters.map(\.text)))
        add("partitions.copies", "\(partitions.copies)")
        add("partitions.read", yamlList(partitions.read.map(\.text)))
        add("partitions.share", yamlText(partitions.share ?? ""))
    }
}

extension Configuration.Sensor {
    fileprivate var printed: [String] {
        var lines = [
            "  - filter: \(yamlText(filter.text))  # \(printable("\(filterPlace.file):\(filterPlace.line)"))",
            "    qos: \(qos)", "    retained: \(retained)", "    format: \(format.rawValue)",
        ]
        if let timestamp { lines.append("    timestamp: \(yamlText(timestamp.text))") }
        if let eventID { lines.append("    event_id: \(yamlText(eventID.text))") }
        return lines
    }
}

/// Plain where that reads back as this text, else in double quotes with escapes.
private func yamlText(_ text: String) -> String {
    let problems = ProblemCollector()
    let plain = YAMLDocument.load(text: "a: \(text)\n", file: "", problems: problems)?.value(of: "a")?.scalar
    if let plain, plain.value == .text, plain.style == .plain, plain.text == text, !problems.hasErrors { return text }
    // JSON leaves these as they are; in YAML some of them break the line and some are not allowed.
    return YAMLValue.json(text: text).unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar.value {
        case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
            let code = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - code.count) + code
        default: result.unicodeScalars.append(scalar)
        }
    }
}

private func yamlList(_ texts: [String]) -> String { "[" + texts.map(yamlInList).joined(separator: ", ") + "]" }

/// What ends a plain text within brackets stands in quotes.
private func yamlInList(_ text: String) -> String {
    text.contains(where: { ",[]{}".contains($0) }) ? YAMLValue.json(text: text) : yamlText(text)
}

/// A comment ends with its line.
private func printable(_ text: String) -> String { shortenedForMessage(text) }
