/// Where a broker listens: `mqtt://host[:port]` or `mqtts://host[:port]`, an IPv6 address in brackets. A user name or a
/// password has no place in it, since URLs end up in logs and process lists.
package struct BrokerURL: Hashable, Sendable, CustomStringConvertible {
    package let usesTLS: Bool
    /// A name or an address, IPv6 without brackets.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16, usesTLS: Bool = false) {
        self.host = host
        self.port = port
        self.usesTLS = usesTLS
    }

    /// - Throws: `BrokerURLError`, whose text never repeats a password.
    package init(_ text: String) throws(BrokerURLError) {
        var rest: Substring
        if text.hasPrefix("mqtt://") {
            usesTLS = false
            rest = text.dropFirst("mqtt://".count)
        } else if text.hasPrefix("mqtts://") {
            usesTLS = true
            rest = text.dropFirst("mqtts://".count)
        } else {
            throw .scheme
        }
        guard !rest.contains("@") else { throw .credentials }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains(where: { "/?#".contains($0) }) else { throw .path }

        let portText: Substring?
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { throw .host(String(rest)) }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":"), host.contains(":") else { throw .host(String(rest)) }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw .host(String(rest)) }
            host = String(parts[0])
            portText = parts.count == 2 ? parts[1] : nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .host(String(rest)) }
        guard let portText else {
            port = usesTLS ? 8883 : 1883
            return
        }
        // libmosquitto takes port 0 for the path of a Unix socket.
        guard portText.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let port = UInt16(portText), port > 0 else {
            throw .port(String(portText))
        }
        self.port = port
    }

    package var description: String {
        "\(usesTLS ? "mqtts" : "mqtt")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}

/// Why a text is no broker's URL.
package enum BrokerURLError: Error, Hashable, Sendable, CustomStringConvertible {
    case scheme
    case credentials
    case path
    case host(String)
    case port(String)

    package var description: String {
        switch self {
        case .scheme: "a broker's URL begins with mqtt:// or mqtts://"
        case .credentials:
            "a broker's URL holds no user name and no password: give `username` and `password_file` (or BOBO_BROKER_PASSWORD)"
        case .path: "a broker's URL ends after the port: it has no path"
        case .host(let text): "no host name or address: \(text.debugDescription) (an IPv6 address stands in brackets)"
        case .port(let text): "a port is a number from 1 to 65535, not \(text.debugDescription)"
        }
    }
}
