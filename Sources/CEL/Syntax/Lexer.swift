/// Cuts a source into tokens, by the lexis of the CEL language definition.
struct Lexer {
    let scalars: [Unicode.Scalar]
    var position = 0

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    static func tokens(of source: String) throws(SyntaxError) -> [Token] {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    /// The scalar so many places on; a null character beyond the end.
    func peek(_ distance: Int = 0) -> Unicode.Scalar {
        let place = position + distance
        return place < scalars.count ? scalars[place] : "\0"
    }

    var isAtEnd: Bool { position >= scalars.count }

    private mutating func next() throws(SyntaxError) -> Token {
        skipSpace()
        let start = position
        guard !isAtEnd else { return Token(kind: .end, offset: start) }
        let scalar = peek()
        if let literal = try textLiteral() { return Token(kind: literal, offset: start) }
        if scalar.isIdentifierStart { return Token(kind: .identifier(identifier()), offset: start) }
        if scalar.isDigit || (scalar == "." && peek(1).isDigit) { return Token(kind: try number(), offset: start) }
        if scalar == "`" { return Token(kind: .quotedName(try quotedName()), offset: start) }
        return Token(kind: .symbol(try symbol()), offset: start)
    }

    private mutating func skipSpace() {
        while !isAtEnd {
            switch peek() {
            case " ", "\t", "\n", "\r", "\u{0C}": position += 1
            case "/" where peek(1) == "/":
                while !isAtEnd && peek() != "\n" { position += 1 }
            default: return
            }
        }
    }

    private mutating func identifier() -> String {
        let start = position
        while peek().isIdentifierStart || peek().isDigit { position += 1 }
        return text(from: start, to: position)
    }

    private mutating func quotedName() throws(SyntaxError) -> String {
        let start = position
        position += 1
        while peek().isIdentifierStart || peek().isDigit || [".", "-", "/", " "].contains(peek()) { position += 1 }
        guard peek() == "`", position > start + 1 else {
            throw SyntaxError(
                offset: start,
                message:
                    "found a backquote, expected `name` of letters, digits, _, ., -, / and spaces between backquotes")
        }
        position += 1
        return text(from: start + 1, to: position - 1)
    }

    private mutating func symbol() throws(SyntaxError) -> Token.Symbol {
        for length in [2, 1] where position + length <= scalars.count {
            if let symbol = Token.Symbol(rawValue: text(from: position, to: position + length)) {
                position += length
                return symbol
            }
        }
        let found = String(peek())
        let meant =
            switch found {
            case "=": "; equality is =="
            case "&": "; and is &&"
            case "|": "; or is ||"
            default: ""
            }
        throw SyntaxError(offset: position, message: "found \(found.debugDescription), which is no part of CEL\(meant)")
    }

    func text(from start: Int, to end: Int) -> String {
        String(String.UnicodeScalarView(scalars[start..<end]))
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }
    var isIdentifierStart: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) || self == "_" }

    var hexadecimalValue: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x61 + 10
        case "A"..."F": value - 0x41 + 10
        default: nil
        }
    }
}
