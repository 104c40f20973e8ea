extension Parser {
    /// Selections, indexes and member calls after an operand.
    mutating func members(of operand: Expression) throws(SyntaxError) -> Expression {
        var result = operand
        while true {
            let offset = current.offset
            if take(.dot) {
                result = try member(of: result)
            } else if take(.leftBracket) {
                let index = try expression()
                try expect(.rightBracket, "after the index")
                result = try node(.index(result, index), at: offset)
            } else if case .symbol(.leftBrace) = current.kind, result.isQualifiedName {
                throw SyntaxError(
                    offset: offset, message: "messages of protocol buffers are not supported; a map is {\"key\": value}"
                )
            } else {
                return result
            }
        }
    }

    private mutating func member(of operand: Expression) throws(SyntaxError) -> Expression {
        let offset = current.offset
        switch current.kind {
        case .identifier(let name):
            _ = advance()
            guard name != "in", name != "true", name != "false", name != "null" else {
                throw SyntaxError(
                    offset: offset, message: "found \(name), which is no field's name; write [\"\(name)\"]")
            }
            guard take(.leftParenthesis) else { return try node(.select(operand, name: name), at: offset) }
            return try node(.call(target: operand, name: name, arguments: try arguments()), at: offset)
        case .quotedName(let name):
            _ = advance()
            return try node(.select(operand, name: name), at: offset)
        default: throw unexpected("a field's or a function's name after the dot")
        }
    }

    private mutating func arguments() throws(SyntaxError) -> [Expression] {
        var arguments: [Expression] = []
        if take(.rightParenthesis) { return arguments }
        repeat { arguments.append(try expression()) } while take(.comma)
        guard take(.rightParenthesis) else { throw unexpected(", or ) in the arguments") }
        return arguments
    }

    mutating func primary() throws(SyntaxError) -> Expression {
        let token = advance()
        let offset = token.offset
        switch token.kind {
        case .int(let number):
            guard let int = Int64(exactly: number) else {
                throw SyntaxError(offset: offset, message: "\(number) is beyond the range of int (64 bits)")
            }
            return try node(.literal(.int(int)), at: offset)
        case .uint(let number): return try node(.literal(.uint(number)), at: offset)
        case .double(let number): return try node(.literal(.double(number)), at: offset)
        case .string(let text): return try node(.literal(.string(text)), at: offset)
        case .bytes(let bytes): return try node(.literal(.bytes(bytes)), at: offset)
        case .identifier(let name): return try name == "in" ? refuse(token) : named(name, at: offset, isAbsolute: false)
        case .symbol(.dot):
            guard case .identifier(let name) = current.kind else { throw unexpected("a name after the dot") }
            _ = advance()
            return try named(name, at: offset, isAbsolute: true)
        case .symbol(.leftParenthesis):
            let inner = try expression()
            try expect(.rightParenthesis, "to close the parenthesis")
            return inner
        case .symbol(.leftBracket): return try list(at: offset)
        case .symbol(.leftBrace): return try map(at: offset)
        default: return try refuse(token)
        }
    }

    private func refuse(_ token: Token) throws(SyntaxError) -> Expression {
        throw SyntaxError(offset: token.offset, message: "found \(token.text), expected a value")
    }

    private mutating func named(_ name: String, at offset: Int, isAbsolute: Bool) throws(SyntaxError) -> Expression {
        switch name {
        case "true": return try node(.literal(.bool(true)), at: offset)
        case "false": return try node(.literal(.bool(false)), at: offset)
        case "null": return try node(.literal(.null), at: offset)
        case _ where Parser.reservedWords.contains(name):
            throw SyntaxError(offset: offset, message: "found \(name), a reserved word of CEL, expected a value")
        default: break
        }
        guard take(.leftParenthesis) else { return try node(.identifier(name, isAbsolute: isAbsolute), at: offset) }
        return try node(.call(target: nil, name: name, arguments: try arguments()), at: offset)
    }

    private mutating func list(at offset: Int) throws(SyntaxError) -> Expression {
        var elements: [Expression] = []
        while !take(.rightBracket) {
            elements.append(try expression())
            if take(.comma) { continue }
            try expect(.rightBracket, "or , in the list")
            break
        }
        return try node(.list(elements), at: offset)
    }

    private mutating func map(at offset: Int) throws(SyntaxError) -> Expression {
        var entries: [(key: Expression, value: Expression)] = []
        while !take(.rightBrace) {
            let key = try expression()
            try expect(.colon, "after the key")
            entries.append((key, try expression()))
            if take(.comma) { continue }
            try expect(.rightBrace, "or , in the map")
            break
        }
        return try node(.map(entries), at: offset)
    }
}

extension Expression {
    /// Whether it is a name, or names joined by dots.
    var isQualifiedName: Bool {
        switch kind {
        case .identifier: true
        case .select(let operand, _): operand.isQualifiedName
        default: false
        }
    }
}
