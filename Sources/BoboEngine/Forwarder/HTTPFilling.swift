import CEL

extension HTTPTemplate {
    private static let headerLimit = 8192

    /// What no payload can break: a text of its ends up where its template has it, or the action fails.
    func fill(_ scope: Scope) throws(EvaluationFailure) -> ActionRequest.Work {
        let filled: String
        switch try URLText.fill(url, scope) {
        case .url(let text): filled = text
        case .refused(let reason): return .failed(reason)
        }
        var headers: [(name: String, value: String)] = []
        for header in self.headers {
            let value = try header.value.fill(scope)
            // A line break would begin another header, or the body.
            guard !value.unicodeScalars.contains(where: { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F }) else {
                return .failed("the header \(header.name) holds a line break or another control character")
            }
            guard value.utf8.count <= HTTPTemplate.headerLimit else {
                return .failed("the header \(header.name) is longer than \(HTTPTemplate.headerLimit) bytes")
            }
            headers.append((header.name, value))
        }
        return .http(
            HTTPCall(
                url: filled, method: method, headers: headers, body: try body?.fill(scope), timeout: timeout,
                retries: retries))
    }
}

/// A URL as a template makes it: a value cannot leave its part.
package enum URLText {
    enum Filled {
        case url(String)
        case refused(String)
    }

    private static let limit = 8192
    /// Printable ASCII that stands in no URL (RFC 3986, appendix A).
    private static let excluded = Set("\"<>\\^`{|}".unicodeScalars)

    static func fill(_ template: Template, _ scope: Scope) throws(EvaluationFailure) -> Filled {
        var url = ""
        for part in template.parts {
            let text = try part.fill(scope)
            if case .expression(let program) = part, !program.isOfFileAlone, !hasHost(url) {
                let isName = text.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
                guard isName, !text.isEmpty else {
                    return .refused(
                        "found \"\(text.prefix(100))\" for a part of the url's host, expected letters, digits, -, . and _ alone"
                    )
                }
            }
            url += text
        }
        if let reason = refusal(of: url) { return .refused(reason) }
        return .url(url)
    }

    /// Whether the host is over, so that what follows cannot change it.
    package static func hasHost(_ text: String) -> Bool {
        guard let start = text.firstRange(of: "://") else { return false }
        return text[start.upperBound...].unicodeScalars.contains { "/?#".unicodeScalars.contains($0) }
    }

    /// Why the text is no URL to be asked for; nil where it is one.
    package static func refusal(of url: String) -> String? {
        guard let scheme = ["http://", "https://"].first(where: { url.lowercased().hasPrefix($0) }) else {
            return "the url does not begin with http:// or https://"
        }
        guard url.utf8.count <= limit else { return "the url is longer than \(limit) bytes" }
        for scalar in url.unicodeScalars where !(0x21...0x7E ~= scalar.value) || excluded.contains(scalar) {
            return
                "found \(name(of: scalar)) in the url, which stands in none; url_encode(…) around the value writes it as %…"
        }
        let authority = url.unicodeScalars.dropFirst(scheme.count).prefix { !"/?#".unicodeScalars.contains($0) }
        if authority.contains("@") {
            return "found @ in the url's host; a name and a password go into the header Authorization"
        }
        if authority.isEmpty || authority.first == ":" { return "the url names no host" }
        return nil
    }

    private static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x20: "a space"
        case ..<0x20, 0x7F...0x9F: "a line break or another control character"
        default: "\"\(scalar)\""
        }
    }
}
