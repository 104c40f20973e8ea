extension Lexer {
    /// A string or bytes literal, where one begins here: quotes, single or tripled, with `r` and `b` before them.
    mutating func textLiteral() throws(SyntaxError) -> Token.Kind? {
        var isRaw = false
        var isBytes = false
        var ahead = 0
        while ahead < 2 {
            switch peek(ahead) {
            case "r" where !isRaw, "R" where !isRaw: isRaw = true
            case "b" where !isBytes, "B" where !isBytes: isBytes = true
            default: break
            }
            if ahead == 0 && !isRaw && !isBytes { break }
            if ahead == 1 && !(isRaw && isBytes) { break }
            ahead += 1
        }
        let quote = peek(ahead)
        guard quote == "\"" || quote == "'" else { return nil }
        let start = position
        position += ahead
        let isTriple = peek(1) == quote && peek(2) == quote
        position += isTriple ? 3 : 1
        var content = LiteralContent(isBytes: isBytes)
        while true {
            guard !isAtEnd else {
                throw SyntaxError(
                    offset: start, message: "found a text without its closing \(isTriple ? "three quotes" : "quote")")
            }
            let scalar = peek()
            if scalar == quote && (!isTriple || (peek(1) == quote && peek(2) == quote)) {
                position += isTriple ? 3 : 1
                return content.token
            }
            if !isTriple && (scalar == "\n" || scalar == "\r") {
                throw SyntaxError(offset: start, message: "found the end of the line within a text, expected \(quote)")
            }
            if scalar == "\\" && !isRaw {
                try escape(into: &content)
            } else {
                content.append(scalar)
                position += 1
            }
        }
    }

    private mutating func escape(into content: inout LiteralContent) throws(SyntaxError) {
        let start = position
        let letter = peek(1)
        position += 2
        switch letter {
        case "a": content.append("\u{07}")
        case "b": content.append("\u{08}")
        case "f": content.append("\u{0C}")
        case "n": content.append("\n")
        case "r": content.append("\r")
        case "t": content.append("\t")
        case "v": content.append("\u{0B}")
        case "\\", "?", "\"", "'", "`": content.append(letter)
        case "x", "X": try content.append(code: hexadecimal(digits: 2, start: start), start: start)
        case "u" where !content.isBytes: try content.append(code: hexadecimal(digits: 4, start: start), start: start)
        case "U" where !content.isBytes: try content.append(code: hexadecimal(digits: 8, start: start), start: start)
        case "0"..."3":
            var code = letter.value - 0x30
            for _ in 0..<2 {
                guard ("0"..."7").contains(peek()) else {
                    throw SyntaxError(
                        offset: start, message: "found an octal escape without three digits, \\000 to \\377")
                }
                code = code * 8 + peek().value - 0x30
                position += 1
            }
            try content.append(code: code, start: start)
        default:
            throw SyntaxError(
                offset: start,
                message:
                    "found the escape \\\(isAtEnd ? "" : String(letter)), which is none of CEL's; a backslash is \\\\")
        }
    }

    private mutating func hexadecimal(digits: Int, start: Int) throws(SyntaxError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = peek().hexadecimalValue else {
                throw SyntaxError(offset: start, message: "found an escape without its \(digits) hexadecimal digits")
            }
            code = code << 4 | digit
            position += 1
        }
        return code
    }
}

/// What stands between the quotes of a literal.
private struct LiteralContent {
    let isBytes: Bool
    private var text = String.UnicodeScalarView()
    private var bytes: [UInt8] = []

    init(isBytes: Bool) { self.isBytes = isBytes }

    var token: Token.Kind { isBytes ? .bytes(bytes) : .string(String(text)) }

    mutating func append(_ scalar: Unicode.Scalar) {
        if isBytes {
            bytes.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        } else {
            text.append(scalar)
        }
    }

    /// An escape with a number: of bytes a byte, of a text a scalar.
    mutating func append(code: UInt32, start: Int) throws(SyntaxError) {
        if isBytes {
            bytes.append(UInt8(truncatingIfNeeded: code))
        } else if let scalar = Unicode.Scalar(code) {
            text.append(scalar)
        } else {
            throw SyntaxError(offset: start, message: "found an escape that is no Unicode scalar")
        }
    }
}
