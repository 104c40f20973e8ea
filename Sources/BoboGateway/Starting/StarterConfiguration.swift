private import BoboMQTT

/// A first configuration file, with comments.
package enum StarterConfiguration {
    /// - Parameter broker: as far as flags or the environment name it.
    package static func text(_ broker: Configuration.Broker) -> String {
        var lines = [
            "# Made by `bobo init`. Every key is optional; `bobo run --print-config` shows what holds, and where it is from.",
            "# instance: gw-a                     # this gateway's name; default: the host's",
            "patterns: patterns                   # a folder of pattern files, watched for changes",
        ]
        if let url = broker.url {
            lines += ["broker:", "  url: \(YAMLText.value(url.description))"]
            lines.append(broker.username.map { "  username: \(YAMLText.value($0))" } ?? "  # username: bobo")
            lines.append(
                broker.passwordFile.map { "  password_file: \(YAMLText.value($0))" }
                    ?? "  # password_file: password            # its first line counts; chmod 600")
            if let file = broker.caFile { lines.append("  ca_file: \(YAMLText.value(file))") }
        } else {
            lines += [
                "# broker:                             # without one, `bobo run` starts a private mosquitto on loopback",
                "#   url: mqtt://127.0.0.1:1883", "#   username: bobo",
                "#   password_file: password            # its first line counts; chmod 600",
            ]
        }
        lines += [
            "home_assistant:",
            "  discovery: true                    # Home Assistant's MQTT integration shows phenomena and gateways by itself",
            "# http:",
            "#   listen: 127.0.0.1:9180             # a page that shows what the gateway does, and its figures at /metrics",
            "# timezone: Europe/Berlin             # default: the machine's",
            "# sensors:                            # what is to be known of topics, the first entry that matches counts",
            "#   - filter: home/+/temperature",
            "#     timestamp: timestamp(payload.time)   # default: the time of arrival",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
