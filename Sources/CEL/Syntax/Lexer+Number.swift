extension Lexer {
    mutating func number() throws(SyntaxError) -> Token.Kind {
        let start = position
        if peek() == "0" && (peek(1) == "x" || peek(1) == "X") {
            position += 2
            let digits = position
            while peek().hexadecimalValue != nil { position += 1 }
            guard position > digits else {
                throw SyntaxError(offset: start, message: "found 0x, expected hexadecimal digits after it")
            }
            return try whole(text(from: digits, to: position), radix: 16, start: start)
        }
        while peek().isDigit { position += 1 }
        var isDouble = false
        if peek() == "." && peek(1).isDigit {
            isDouble = true
            position += 1
            while peek().isDigit { position += 1 }
        }
        if peek() == "e" || peek() == "E" {
            let signed = peek(1) == "+" || peek(1) == "-"
            guard peek(signed ? 2 : 1).isDigit else {
                throw SyntaxError(offset: start, message: "found an exponent without digits")
            }
            isDouble = true
            position += signed ? 2 : 1
            while peek().isDigit { position += 1 }
        }
        let digits = text(from: start, to: position)
        guard isDouble else { return try whole(digits, radix: 10, start: start) }
        // A leading point is CEL's, not Swift's.
        guard let double = Double(digits.hasPrefix(".") ? "0" + digits : digits), double.isFinite else {
            throw SyntaxError(offset: start, message: "\(digits) is beyond the range of double")
        }
        try endOfNumber()
        return .double(double)
    }

    private mutating func whole(_ digits: String, radix: Int, start: Int) throws(SyntaxError) -> Token.Kind {
        let isUnsigned = peek() == "u" || peek() == "U"
        guard let number = UInt64(digits, radix: radix), isUnsigned || number <= UInt64(Int64.max) + 1 else {
            throw SyntaxError(
                offset: start, message: "\(digits) is beyond the range of \(isUnsigned ? "uint" : "int") (64 bits)")
        }
        if isUnsigned { position += 1 }
        try endOfNumber()
        return isUnsigned ? .uint(number) : .int(number)
    }

    private func endOfNumber() throws(SyntaxError) {
        guard peek().isIdentifierStart else { return }
        throw SyntaxError(offset: position, message: "found \(String(peek()).debugDescription) directly after a number")
    }
}
