internal import BoboTopics
internal import BoboYAML

extension ConfigurationReading {
    func homeAssistant() -> Configuration.HomeAssistant {
        var home = Configuration.HomeAssistant()
        set(&home.discovery, layers.value("home_assistant.discovery") { $0.node.bool(problems) })
        set(
            &home.prefix,
            layers.value("home_assistant.prefix", isText: true) { given in
                guard let text = given.node.text(problems, expected: "the first levels of topics") else { return nil }
                guard text.utf8.count <= 1000, text.utf8.first != UInt8(ascii: "$"), (try? TopicName(text)) != nil
                else {
                    problems.error(
                        given.node.place,
                        "expected the first levels of topics, as Home Assistant's own discovery prefix")
                    return nil
                }
                return text
            })
        set(
            &home.name,
            layers.value("home_assistant.name", isText: true) { given in
                guard let text = given.node.text(problems, expected: "a name") else { return nil }
                guard (1...200).contains(text.utf8.count), !text.unicodeScalars.contains(where: { $0.value < 0x20 })
                else {
                    problems.error(given.node.place, "expected a name of 1 to 200 bytes without control characters")
                    return nil
                }
                return text
            })
        return home
    }

    func http() -> Configuration.HTTP {
        var http = Configuration.HTTP()
        http.listen =
            layers.value("http.listen", isText: true) { given -> ListenAddress?? in
                guard let text = given.node.text(problems, expected: "an address and a port") else { return nil }
                // Said to be off.
                if text.isEmpty { return .some(nil) }
                guard let address = ListenAddress(text) else {
                    problems.error(
                        given.node.place, "expected an address and a port such as 127.0.0.1:9180 or [::1]:9180")
                    return nil
                }
                return address
            } ?? nil
        http.tokenFile =
            layers.value("http.token_file", isText: true) { given -> String?? in
                guard let text = given.node.text(problems, expected: "a path") else { return nil }
                return text.isEmpty ? .some(nil) : joinedPath(given.folder, text)
            } ?? nil
        guard let listen = http.listen else { return http }
        if let file = http.tokenFile {
            guard checksFiles else { return http }
            http.token = files.password(file, at: place("http.token_file"))
            if let token = http.token, !isToken(token.text) {
                problems.error(
                    place("http.token_file"),
                    "expected a token of 16 to 500 letters, digits and - . _ ~ + / = in the first line of \(file)")
            }
        } else if !listen.isLoopback {
            problems.error(
                place("http.listen"),
                "\(listen) can be reached from other machines: a token_file is needed, whose first line they give")
        }
        return http
    }

    /// RFC 6750, section 2.1; shorter ones are guessed.
    private func isToken(_ text: String) -> Bool {
        (16...500).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-._~+/=".utf8.contains(byte)
            }
    }
}
