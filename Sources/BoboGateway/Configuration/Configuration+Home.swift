extension Configuration {
    /// What Home Assistant is told by its MQTT discovery.
    package struct HomeAssistant: Hashable, Sendable {
        package var discovery = false
        /// The first levels of its topics.
        package var prefix = "homeassistant"
        /// Of the device that all gateways of a prefix share.
        package var name = "Bobo"
    }

    /// The page, the figures, and the questions of supervisors.
    package struct HTTP: Hashable, Sendable {
        /// nil: there is no page.
        package var listen: ListenAddress?
        package var tokenFile: String?
        /// Its first line; nil: whoever can connect may look.
        package var token: Secret?
    }
}

/// Where a server listens.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    /// 0: any that is free.
    package let port: Int

    /// `127.0.0.1:9180`, `[::1]:9180`, `localhost:9180`; nil: it is none.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        let allowed = host.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || ".-:_%".utf8.contains(byte)
        }
        guard !host.isEmpty, host.utf8.count <= 255, allowed else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }

    /// Whether nobody on another machine can reach it.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil } && parts[0] == "127"
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
