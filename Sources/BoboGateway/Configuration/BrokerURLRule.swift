/// What is wrong with the URL of a broker, nil where nothing is: `mqtt://host[:port]` or `mqtts://host[:port]`, an IPv6
/// address in brackets. What it says never repeats a password.
func faultOfBrokerURL(_ text: String) -> String? {
    guard let scheme = ["mqtt://", "mqtts://"].first(where: { text.hasPrefix($0) }) else {
        return "expected a URL that begins with mqtt:// or mqtts://"
    }
    var rest = text.dropFirst(scheme.count)
    guard !rest.contains("@") else {
        return "found a user name or a password in the URL, expected them in username and password_file "
            + "(or BOBO_BROKER_PASSWORD)"
    }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.contains(where: { "/?#".contains($0) }) else { return "expected a URL that ends after the port" }
    var port: Substring?
    var host = rest
    if rest.hasPrefix("[") {
        guard let end = rest.firstIndex(of: "]") else { return "expected ] after the IPv6 address in the URL" }
        host = rest[rest.index(after: rest.startIndex)..<end]
        let behind = rest[rest.index(after: end)...]
        guard host.contains(":"), behind.isEmpty || behind.hasPrefix(":") else {
            return "expected an IPv6 address between [ and ], then the port"
        }
        port = behind.isEmpty ? nil : behind.dropFirst()
    } else if let colon = rest.firstIndex(of: ":") {
        host = rest[..<colon]
        port = rest[rest.index(after: colon)...]
        if port?.contains(":") == true { return "expected an IPv6 address in the URL between [ and ]" }
    }
    guard !host.isEmpty, host.utf8.count <= 255, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        return "expected the name or the address of a host in the URL"
    }
    guard let port else { return nil }
    guard port.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt16(port), number > 0 else {
        return "expected a port from 1 to 65535 in the URL"
    }
    return nil
}
