/// A word of an expression.
struct Token {
    enum Kind: Equatable {
        case identifier(String)
        /// A field's name between backquotes.
        case quotedName(String)
        /// A whole number without a sign.
        case int(UInt64)
        case uint(UInt64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        case symbol(Symbol)
        case end
    }

    enum Symbol: String {
        case plus = "+"
        case minus = "-"
        case star = "*"
        case slash = "/"
        case percent = "%"
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case and = "&&"
        case or = "||"
        case not = "!"
        case question = "?"
        case colon = ":"
        case dot = "."
        case comma = ","
        case leftParenthesis = "("
        case rightParenthesis = ")"
        case leftBracket = "["
        case rightBracket = "]"
        case leftBrace = "{"
        case rightBrace = "}"
    }

    let kind: Kind
    /// In Unicode scalars from the start of the source.
    let offset: Int

    /// As an error message names it.
    var text: String {
        switch kind {
        case .identifier(let name): name
        case .quotedName(let name): "`\(name)`"
        case .int(let number): String(number)
        case .uint(let number): "\(number)u"
        case .double(let number): String(number)
        case .string(let text): text.debugDescription
        case .bytes: "a bytes literal"
        case .symbol(let symbol): symbol.rawValue
        case .end: "the end of the expression"
        }
    }
}

/// The first thing that keeps a source from being read.
struct SyntaxError: Error {
    let offset: Int
    let message: String
}
