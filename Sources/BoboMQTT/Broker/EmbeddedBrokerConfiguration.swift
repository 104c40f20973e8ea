/// mosquitto's configuration for a private broker.
package enum EmbeddedBrokerConfiguration {
    /// The options of `broker-config/development.conf`, where each has its reason beside it; a test keeps them equal.
    package static let development = """
        listener 1883 127.0.0.1
        allow_anonymous true
        persistence false
        max_queued_messages 0
        max_queued_bytes 0
        max_inflight_messages 1000
        max_packet_size 16777216
        set_tcp_nodelay true
        allow_duplicate_messages true
        connection_messages false
        log_dest stderr
        log_type error
        log_type warning
        log_type notice
        """

    /// The configuration with port, folder and user of this machine.
    static func text(_ template: String, port: UInt16, persistence: String?, user: String) -> String {
        var replaced: Set<Substring> = ["listener", "user"]
        if persistence != nil { replaced.formUnion(["persistence", "persistence_location", "autosave_interval"]) }
        var lines = template.split(separator: "\n").filter { line in
            !replaced.contains(line.prefix { $0 != " " })
        }.map(String.init)
        lines.insert("listener \(port) 127.0.0.1", at: 0)
        if !user.isEmpty { lines.append("user \(user)") }
        if let persistence {
            lines += [
                "persistence true",
                "persistence_location \(persistence.hasSuffix("/") ? persistence : persistence + "/")",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
