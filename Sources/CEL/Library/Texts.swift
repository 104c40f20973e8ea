extension StandardLibrary {
    static let texts: [StandardFunction] = [
        .test("contains") { $0.holds($1) },
        .test("startsWith") { $0.utf8.starts(with: $1.utf8) },
        .test("endsWith") { text, end in
            text.utf8.count >= end.utf8.count && text.utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
        },
    ]
}

extension StandardFunction {
    fileprivate static func test(_ name: String, _ body: @escaping @Sendable (String, String) -> Bool)
        -> StandardFunction
    {
        .binary(name, member: true, [(.string, .string, .bool)]) { text, part throws(EvaluationFailure) in
            guard case (.string(let text), .string(let part)) = (text, part) else {
                throw EvaluationFailure(.noMatchingOverload(name))
            }
            return .bool(body(text, part))
        }
    }
}

extension String {
    /// Whether the other's scalars stand in this one's, one after another. Since no character of UTF-8 begins within
    /// another, its bytes tell.
    fileprivate func holds(_ part: String) -> Bool {
        var text = self
        var part = part
        return text.withUTF8 { text in
            part.withUTF8 { part in part.isEmpty || text.firstOccurrence(of: part) != nil }
        }
    }
}
