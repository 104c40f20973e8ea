extension StandardLibrary {
    /// The strings extension. Places are counted in Unicode scalars; a whole double serves as an int.
    static let textExtensions: [StandardFunction] =
        texts1 + [
            .list("substring", member: true, [.string, .int], .string) { values throws(EvaluationFailure) in
                let text = try values.scalars(0, "substring")
                return .scalars(text[try values.place(1, upTo: text.count, "substring")...])
            },
            .list("substring", member: true, [.string, .int, .int], .string) { values throws(EvaluationFailure) in
                let text = try values.scalars(0, "substring")
                let start = try values.place(1, upTo: text.count, "substring")
                let end = try values.place(2, upTo: text.count, "substring")
                guard start <= end else {
                    throw EvaluationFailure(.invalidArgument("substring from \(start) to \(end)"))
                }
                return .scalars(text[start..<end])
            },
            .list("indexOf", member: true, [.string, .string], .int) { values throws(EvaluationFailure) in
                let (text, part) = (try values.scalars(0, "indexOf"), try values.scalars(1, "indexOf"))
                return .place(text.firstPlace(of: part, from: 0))
            },
            .list("indexOf", member: true, [.string, .string, .int], .int) { values throws(EvaluationFailure) in
                let (text, part) = (try values.scalars(0, "indexOf"), try values.scalars(1, "indexOf"))
                return .place(text.firstPlace(of: part, from: try values.place(2, upTo: text.count, "indexOf")))
            },
            .list("lastIndexOf", member: true, [.string, .string], .int) { values throws(EvaluationFailure) in
                let (text, part) = (try values.scalars(0, "lastIndexOf"), try values.scalars(1, "lastIndexOf"))
                return .place(text.lastPlace(of: part, from: text.count))
            },
            .list("lastIndexOf", member: true, [.string, .string, .int], .int) { values throws(EvaluationFailure) in
                let (text, part) = (try values.scalars(0, "lastIndexOf"), try values.scalars(1, "lastIndexOf"))
                return .place(text.lastPlace(of: part, from: try values.place(2, upTo: text.count, "lastIndexOf")))
            },
            .list("split", member: true, [.string, .string], .list(.string)) { values throws(EvaluationFailure) in
                try split(values, limit: -1)
            },
            .list("split", member: true, [.string, .string, .int], .list(.string)) { values throws(EvaluationFailure) in
                try split(values, limit: try values[2].asWholeNumber("split"))
            },
            .list("replace", member: true, [.string, .string, .string], .string) { values throws(EvaluationFailure) in
                try replace(values, limit: -1)
            },
            .list("replace", member: true, [.string, .string, .string, .int], .string) {
                values throws(EvaluationFailure) in
                try replace(values, limit: try values[3].asWholeNumber("replace"))
            },
            .list("join", member: true, [.list(.string)], .string) { values throws(EvaluationFailure) in
                try join(values, separator: "")
            },
            .list("join", member: true, [.list(.string), .string], .string) { values throws(EvaluationFailure) in
                try join(values, separator: try values.text(1, "join"))
            },
            .list("format", member: true, [.string, .list(.dyn)], .string) { values throws(EvaluationFailure) in
                guard case .list(let arguments) = values[1] else {
                    throw EvaluationFailure(.noMatchingOverload("format"))
                }
                return .string(try TextFormat.format(try values.text(0, "format"), arguments.elements))
            },
        ]

    private static let texts1: [StandardFunction] = [
        .list("charAt", member: true, [.string, .int], .string) { values throws(EvaluationFailure) in
            let text = try values.scalars(0, "charAt")
            let place = try values.place(1, upTo: text.count, "charAt")
            return .scalars(text[place...].prefix(1))
        },
        .list("lowerAscii", member: true, [.string], .string) { values throws(EvaluationFailure) in
            .scalars(try values.scalars(0, "lowerAscii").map { $0.lowerAscii }[...])
        },
        .list("upperAscii", member: true, [.string], .string) { values throws(EvaluationFailure) in
            .scalars(try values.scalars(0, "upperAscii").map { $0.upperAscii }[...])
        },
        .list("reverse", member: true, [.string], .string) { values throws(EvaluationFailure) in
            .scalars(try values.scalars(0, "reverse").reversed()[...])
        },
        .list("trim", member: true, [.string], .string) { values throws(EvaluationFailure) in
            let text = try values.scalars(0, "trim")
            let start = text.firstIndex { !$0.properties.isWhitespace } ?? text.count
            let end = text.lastIndex { !$0.properties.isWhitespace } ?? start - 1
            return .scalars(text[start..<(end + 1)])
        },
        .list("strings.quote", [.string], .string) { values throws(EvaluationFailure) in
            .string(try values.text(0, "strings.quote").quoted)
        },
    ]

    private static func split(_ values: [Value], limit: Int64) throws(EvaluationFailure) -> Value {
        let (text, separator) = (try values.scalars(0, "split"), try values.scalars(1, "split"))
        guard limit != 0, !text.isEmpty || !separator.isEmpty else { return .list(List([])) }
        guard limit != 1 else { return .list(List([values[0]])) }
        var parts: [Value] = []
        var start = 0
        while limit < 0 || parts.count < limit - 1 {
            if separator.isEmpty {
                guard start + 1 < text.count else { break }
                parts.append(.scalars(text[start...start]))
                start += 1
            } else {
                guard let place = text.firstPlace(of: separator, from: start) else { break }
                parts.append(.scalars(text[start..<place]))
                start = place + separator.count
            }
        }
        parts.append(.scalars(text[start...]))
        return .list(List(parts))
    }

    private static func replace(_ values: [Value], limit: Int64) throws(EvaluationFailure) -> Value {
        let (text, old) = (try values.scalars(0, "replace"), try values.scalars(1, "replace"))
        let new = try values.scalars(2, "replace")
        var result: [Unicode.Scalar] = []
        var start = 0
        var count: Int64 = 0
        while limit < 0 || count < limit, let place = text.firstPlace(of: old, from: start) {
            result += text[start..<place]
            result += new
            try checkLength(result.count)
            count += 1
            start = place + old.count
            if old.isEmpty {
                // Between all scalars, and at both ends.
                guard place < text.count else { break }
                result.append(text[place])
                start = place + 1
            }
        }
        if start < text.count { result += text[start...] }
        return .scalars(result[...])
    }

    private static func join(_ values: [Value], separator: String) throws(EvaluationFailure) -> Value {
        guard case .list(let list) = values[0] else { throw EvaluationFailure(.noMatchingOverload("join")) }
        var texts: [String] = []
        var length = 0
        for index in list.elements.indices {
            let text = try list.elements.text(index, "join")
            length += text.utf8.count + separator.utf8.count
            try checkLength(length)
            texts.append(text)
        }
        return .string(texts.joined(separator: separator))
    }

    /// A text of a message, put in place of each letter of another, would fill the memory.
    private static func checkLength(_ length: Int) throws(EvaluationFailure) {
        guard length <= 1 << 24 else { throw EvaluationFailure(.invalidArgument("a text longer than 16 MiB")) }
    }
}
