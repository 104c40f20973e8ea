extension [Value] {
    func text(_ index: Int, _ function: String) throws(EvaluationFailure) -> String {
        guard case .string(let text) = self[index] else { throw EvaluationFailure(.noMatchingOverload(function)) }
        return text
    }

    func scalars(_ index: Int, _ function: String) throws(EvaluationFailure) -> [Unicode.Scalar] {
        [Unicode.Scalar](try text(index, function).unicodeScalars)
    }

    /// A place in a text, from 0 to its end.
    func place(_ index: Int, upTo end: Int, _ function: String) throws(EvaluationFailure) -> Int {
        let place = try self[index].asWholeNumber(function)
        guard place >= 0, place <= end else { throw EvaluationFailure(.indexOutOfRange(place)) }
        return Int(place)
    }
}

extension Value {
    static func scalars(_ scalars: ArraySlice<Unicode.Scalar>) -> Value {
        .string(String(String.UnicodeScalarView(scalars)))
    }

    /// A place, or -1 for none.
    static func place(_ place: Int?) -> Value { .int(Int64(place ?? -1)) }
}

extension [Unicode.Scalar] {
    func firstPlace(of part: [Unicode.Scalar], from start: Int) -> Int? {
        guard count - part.count >= start else { return nil }
        return part.isEmpty ? start : self[start...].firstOccurrence(of: part)
    }

    /// The last place that is not after the given one.
    func lastPlace(of part: [Unicode.Scalar], from start: Int) -> Int? {
        guard count >= part.count else { return nil }
        let last = Swift.min(start, count - part.count)
        guard !part.isEmpty else { return last }
        let reversed = [Unicode.Scalar](self[..<(last + part.count)].reversed())
        return reversed[...].firstOccurrence(of: part.reversed()).map { last - $0 }
    }
}

extension Unicode.Scalar {
    var lowerAscii: Unicode.Scalar {
        ("A"..."Z").contains(self) ? Unicode.Scalar(UInt8(value + 0x20)) : self
    }

    var upperAscii: Unicode.Scalar {
        ("a"..."z").contains(self) ? Unicode.Scalar(UInt8(value - 0x20)) : self
    }
}

extension String {
    /// Between quotes, with quotes, backslashes and control characters written as escapes.
    var quoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0B}": result += "\\v"
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
