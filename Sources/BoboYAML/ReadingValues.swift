/// Reading one value. Each returns nil where the value is not of that kind, and reports what was found and what expected.
extension YAMLNode {
    /// - Parameter expected: in words, such as `a topic filter`.
    package func text(_ problems: ProblemCollector, expected: String = "a text") -> String? {
        sourceText(problems, expected: expected)?.text
    }

    /// A text with the places of its characters.
    package func sourceText(_ problems: ProblemCollector, expected: String = "a text") -> SourceText? {
        guard let scalar, scalar.value == .text else {
            reportUnexpected(expected, problems)
            return nil
        }
        return SourceText(scalar, of: self)
    }

    /// An expression: any scalar but an empty one, as written; so `true`, `1` and `null` as well.
    package func expression(_ problems: ProblemCollector, expected: String = "an expression") -> SourceText? {
        guard let scalar, !scalar.text.allSatisfy(\.isWhitespace) else {
            reportUnexpected(expected, problems)
            return nil
        }
        return SourceText(scalar, of: self)
    }

    /// A name of letters, digits, `_` and `-`, at most 200 of them.
    package func name(_ problems: ProblemCollector, expected: String = "a name") -> String? {
        guard let text = text(problems, expected: expected) else { return nil }
        guard isName(text) else {
            problems.error(place, "found \"\(shortenedForMessage(text))\", expected \(expected) of \(nameRule)")
            return nil
        }
        return text
    }

    package func bool(_ problems: ProblemCollector) -> Bool? {
        guard case .boolean(let value) = scalar?.value else {
            reportUnexpected("true or false", problems)
            return nil
        }
        return value
    }

    package func integer(in range: ClosedRange<Int64> = .min ... .max, _ problems: ProblemCollector) -> Int64? {
        let expected =
            range == .min ... .max
            ? "a whole number"
            : range.upperBound == .max
                ? "a whole number of at least \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .integer(let value) = scalar?.value, range.contains(value) else {
            reportUnexpected(expected, problems)
            return nil
        }
        return value
    }

    /// A duration such as `250ms` or `1h30m`, in milliseconds.
    package func duration(
        in range: ClosedRange<Int64> = 0...DurationText.limit, _ problems: ProblemCollector
    ) -> Int64? {
        do throws(DurationText.Fault) {
            guard let text = scalar?.text, !isNull else { throw DurationText.Fault.form }
            let value = try DurationText.milliseconds(text)
            guard range.contains(value) else { throw DurationText.Fault.form }
            return value
        } catch {
            var expected = "a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m"
            if range.lowerBound > 0 { expected += " of at least \(DurationText.text(range.lowerBound))" }
            if range.upperBound < DurationText.limit || error == .tooLong {
                expected += "\(range.lowerBound > 0 ? " and" : " of") at most \(DurationText.text(range.upperBound))"
            }
            reportUnexpected(expected, problems, quotes: false)
            return nil
        }
    }

    /// A size such as `1MiB` or `4096`, in bytes.
    package func byteSize(in range: ClosedRange<Int64> = 0...(.max), _ problems: ProblemCollector) -> Int64? {
        guard let text = scalar?.text, let value = ByteSize.bytes(text), range.contains(value) else {
            var expected = "a size such as 4096, 256KiB, 1MiB, 2GiB"
            if range.lowerBound > 0 { expected += " of at least \(ByteSize.text(range.lowerBound))" }
            if range.upperBound < .max {
                expected += "\(range.lowerBound > 0 ? " and" : " of") at most \(ByteSize.text(range.upperBound))"
            }
            reportUnexpected(expected, problems, quotes: false)
            return nil
        }
        return value
    }

    package func list(_ problems: ProblemCollector, expected: String = "a list") -> [YAMLNode]? {
        guard case .list(let list) = content else {
            reportUnexpected(expected, problems)
            return nil
        }
        return list
    }

    /// One of these texts; a whole number counts as its text, as in `version: 5`.
    package func oneOf(_ choices: [String], _ problems: ProblemCollector) -> String? {
        let expected = choices.count == 1 ? choices[0] : "one of " + choices.joined(separator: ", ")
        guard let scalar, scalar.value != .null else {
            reportUnexpected(expected, problems, quotes: false)
            return nil
        }
        if choices.contains(scalar.text) { return scalar.text }
        let nearest = nearestName(to: scalar.text, among: choices).map { "; did you mean \"\($0)\"?" } ?? ""
        problems.error(place, "found \(found), expected \(expected)\(nearest)")
        return nil
    }

    /// One of the cases of an enumeration, by its raw value.
    package func oneOf<Choice: RawRepresentable<String> & CaseIterable>(
        _ choice: Choice.Type, _ problems: ProblemCollector
    ) -> Choice? {
        oneOf(Choice.allCases.map(\.rawValue), problems).flatMap { Choice(rawValue: $0) }
    }

    /// Reports that something else stands here than `expected`; with the rule on quotes where a forgotten quote may be why.
    package func reportUnexpected(_ expected: String, _ problems: ProblemCollector, quotes: Bool = true) {
        if case .invalid = content { return }
        var message = "found \(found), expected \(expected)"
        switch content {
        case .list where isFlow && quotes: message += "; an expression or a text that begins with [ stands in quotes"
        case .mapping where isFlow && quotes: message += "; an expression or a text that begins with { stands in quotes"
        case .scalar(let scalar) where scalar.value == .null && hasAnchor:
            message += "; an expression or a text that begins with & stands in quotes"
        case .scalar(let scalar)
        where quotes && scalar.value != .text && scalar.value != .null && expected.contains("text"):
            message += "; as a text it stands in quotes"
        default: break
        }
        problems.error(place, message)
    }
}

/// Whether the text is a name of the configuration or of a pattern file: `[A-Za-z0-9_-]+`.
package func isName(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
}

package let nameRule = "1 to 200 letters A-Z a-z, digits, _ and -"
