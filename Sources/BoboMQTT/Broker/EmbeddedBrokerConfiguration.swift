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

    /// The configuration with the port, folder and user of this machine.
    ///
    /// mosquitto that is started as root turns into the user `mosquitto` before it opens its files. Where it is given files
    /// of its owner, it stays the owner.
    static func text(_ template: String, port: UInt16, persistence: String?, isRoot: Bool) -> String {
        func option(_ line: some StringProtocol) -> String { String(line.prefix { $0 != " " }) }
        var replaced: Set = ["listener", "user"]
        if persistence != nil { replaced.formUnion(["persistence", "persistence_location"]) }
        let kept = template.split(separator: "\n").map(String.init).filter { !replaced.contains(option($0)) }
        var lines = ["listener \(port) 127.0.0.1"] + kept
        let hasFiles = persistence != nil || kept.contains { !$0.hasPrefix("#") && option($0).hasSuffix("file") }
        if isRoot, hasFiles { lines.append("user root") }
        if let persistence {
            lines.append("persistence true")
            lines.append("persistence_location \(persistence.hasSuffix("/") ? persistence : persistence + "/")")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
