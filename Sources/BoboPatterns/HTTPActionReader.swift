import BoboEngine
import BoboYAML
import CEL

extension ActionReader {
    /// A header's, and a method's, name is a token (RFC 9110, section 5.6.2).
    private static let tokenMarks = Set("!#$%&'*+-.^_`|~".utf8)
    /// What the client sets itself, by what it sends.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect",
    ]

    func http(_ node: YAMLNode) -> Action? {
        guard let reader = node.mapping(problems) else { return nil }
        let url = reader.required("url").flatMap(url)
        let method = reader.optional("method").map(method) ?? "POST"
        let headers =
            reader.optional("headers").map {
                named($0, expected: "headers with their values", refusal: ActionReader.headerRefusal)
            } ?? []
        let body = reader.optional("body").map { templates.payload($0) }
        let timeout = reader.optional("timeout").map { $0.duration(in: 100...300_000, problems) } ?? 10_000
        let retries = reader.optional("retries").map { $0.integer(in: 0...10, problems) } ?? 2
        reader.finish()
        guard let url, let method, var headers, let timeout, let retries else { return nil }
        if let body, body == nil { return nil }
        let given = body ?? nil
        if let given, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            var type = "text/plain; charset=utf-8"
            if case .document = given { type = "application/json" }
            headers.append(("Content-Type", Template([.text(type)])))
        }
        return .http(
            HTTPTemplate(
                url: url, method: method, headers: headers, body: given, timeout: .milliseconds(timeout),
                retries: Int(retries)))
    }

    private func url(_ node: YAMLNode) -> Template? {
        let expected = "a url that begins with http:// or https://"
        guard let template = templates.template(node, expected: expected) else { return nil }
        if let program = template.leadingExpression {
            if program.isOfFileAlone { return template }
            problems.error(
                node.place,
                "found a url that begins with what an event says, expected \(expected): an event may choose a part of it, not where it goes"
            )
            return nil
        }
        let text = template.leadingText
        guard ["http://", "https://"].contains(where: { text.lowercased().hasPrefix($0) }) else {
            problems.error(node.place, "found \(node.found), expected \(expected)")
            return nil
        }
        // With an expression behind it, it is not over yet.
        let isWhole = template.parts.count == 1
        if isWhole || URLText.hasHost(text), let reason = URLText.refusal(of: text) {
            problems.error(node.place, reason)
            return nil
        }
        if !isWhole, !URLText.hasHost(text), case .expression(let program) = template.parts[1], !program.isOfFileAlone {
            problems.hint(node.place, "what an event says chooses the host that this asks; a payload may hold any name")
        }
        return template
    }

    private func method(_ node: YAMLNode) -> String? {
        guard let text = node.text(problems, expected: "a method such as POST, PUT or GET") else { return nil }
        guard ActionReader.isToken(text), text.utf8.count <= 32, text.uppercased() != "CONNECT" else {
            problems.error(node.place, "found \(node.found), expected a method such as POST, PUT or GET")
            return nil
        }
        return text
    }

    private static func headerRefusal(_ name: String) -> String? {
        guard isToken(name), name.utf8.count <= 200 else {
            return "found \"\(shortenedForMessage(name))\", expected a header's name such as Content-Type"
        }
        return ownHeaders.contains(name.lowercased())
            ? "found the header \"\(name)\", which is set by what is sent, expected another" : nil
    }

    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: tokenMarks.contains(byte)
                }
            }
    }
}
