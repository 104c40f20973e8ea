internal import Yams

/// What libyaml found wrong, with the rule on quotes where that is the likely cause.
func syntaxProblem(_ error: YamlError, in source: YAMLSource) -> Problem {
    func problem(_ mark: Mark, _ message: String) -> Problem {
        Problem(place: SourcePlace(file: source.file, line: mark.line, column: mark.column), message: message)
    }
    switch error {
    case .scanner(let context, let text, let mark, _), .parser(let context, let text, let mark, _):
        return SyntaxFault(context: context, problem: text, mark: mark, source: source).report
    case .composer(_, let text, let mark, _):
        if text == "found undefined alias" {
            return problem(
                mark,
                "found an alias of an anchor that is not defined before; an expression or a text that begins with * "
                    + "stands in quotes")
        }
        if text == "but found another document" {
            return problem(mark, "found a second document, expected one a file")
        }
        return problem(mark, "YAML syntax: \(text)")
    case .duplicatedKeysInMapping(let keys, let context):
        return duplicateKey(keys.first ?? "", first: context.mark, in: source)
    default:
        return Problem(place: .whole(source.file), message: "YAML syntax: \(error)")
    }
}

/// Yams tells the first place of the key; in block style the second is the next line of the mapping that begins with it.
private func duplicateKey(_ key: String, first: Mark, in source: YAMLSource) -> Problem {
    let place = SourcePlace(file: source.file, line: first.line, column: first.column)
    let message = "the key \"\(shortenedForMessage(key))\" is given twice"
    guard let start = source.index(line: first.line, column: first.column) else {
        return Problem(place: place, message: message)
    }
    let written = source.text.unicodeScalars[start...].prefix { $0 != ":" && !$0.isLineBreak }
    guard !written.isEmpty, first.line < source.lineCount else { return Problem(place: place, message: message) }
    for number in (first.line + 1)...source.lineCount {
        let line = source.line(number)
        guard let content = line.firstIndex(where: { !$0.isBlank }), line[content] != "#" else { continue }
        let indentation = line.distance(from: line.startIndex, to: content)
        if indentation < first.column - 1 { break }
        guard indentation == first.column - 1 else { continue }
        let rest = line[content...]
        guard rest.starts(with: written), rest.dropFirst(written.count).first(where: { !$0.isBlank }) == ":" else {
            continue
        }
        return Problem(
            place: SourcePlace(file: source.file, line: number, column: first.column),
            message: "\(message), first at \(first.line):\(first.column)"
                + (isEntry(first, in: source) ? "; each entry of a list begins with \"- \"" : ""))
    }
    return Problem(place: place, message: message)
}

/// Whether the key begins an entry of a list: `- key: value`.
private func isEntry(_ mark: Mark, in source: YAMLSource) -> Bool {
    source.line(mark.line).prefix(mark.column - 1).last { !$0.isBlank } == "-"
}

private struct SyntaxFault {
    let context: YamlError.Context?
    let problem: String
    let mark: Mark
    let source: YAMLSource

    var report: Problem {
        var message = "YAML syntax: \(problem)"
        if let found { message += ", found \(found)" }
        if let context, context.mark.line != mark.line || context.mark.column != mark.column {
            message += " (\(context.text) that begins at \(context.mark.line):\(context.mark.column))"
        } else if let context {
            message += " (\(context.text))"
        }
        if let hint { message += "; \(hint)" }
        // What is not closed is noticed at the end of the file, or lines later; the opening is what is looked for.
        let place = unclosed.flatMap { $0.line < mark.line ? $0 : nil } ?? mark
        return Problem(place: SourcePlace(file: source.file, line: place.line, column: place.column), message: message)
    }

    private var found: String? {
        guard source.mayShow(line: mark.line), let index = source.index(line: mark.line, column: mark.column) else {
            return nil
        }
        let rest = source.text.unicodeScalars[index...].prefix { !$0.isLineBreak }.prefix(30)
        if rest.isEmpty { return index == source.text.endIndex ? "the end of the file" : "the end of the line" }
        return "\"\(shortenedForMessage(String(String.UnicodeScalarView(rest))))\""
    }

    private var hint: String? {
        if problem == "found character that cannot start any token" {
            guard let scalar = scalar(at: mark) else { return nil }
            return scalar == "\t" ? "lines are indented with spaces" : quoteRule(scalar)
        }
        if problem.hasPrefix("mapping values are not allowed") {
            return isOnlyKeyOnItsLine
                ? "the line is indented further than the one before it allows"
                : "a text or an expression that holds \": \" stands in quotes"
        }
        if problem == "did not find expected '-' indicator" {
            return "the line is indented less than those it belongs to, or a \"- \" is missing before it"
        }
        if problem == "could not find expected ':'" { return "a key stands with \": \" behind it" }
        if problem.hasPrefix("found a tab character") { return "lines are indented with spaces" }
        if problem.hasPrefix("Maximum nesting level") { return nil }
        let context = context?.text ?? ""
        if context.contains("flow"), let hint = flowHint { return hint }
        let opener = suspiciousValue(line: mark.line, before: mark.column)
        // `!a && b`: the fault is at `&&`, its cause at `!`. Within `{a: !b}` it is at `!`.
        if let opener, opener != "{", opener != "[" { return quoteRule(opener) }
        if context.hasSuffix("scanning an alias") { return quoteRule("*") }
        if context.hasSuffix("scanning an anchor") { return quoteRule("&") }
        if context.hasSuffix(" a tag") || problem == "found undefined tag handle" { return quoteRule("!") }
        if let opener { return quoteRule(opener) }
        if let unclosed, let opener = scalar(at: unclosed) {
            return "the \(opener) at \(unclosed.line):\(unclosed.column) is not closed before; " + quoteRule(opener)
        }
        if problem == "did not find expected key" {
            return scalar(at: mark) == "-"
                ? "either all that stands here is a list, each entry with a \"- \", or none of it"
                : "the line is indented otherwise than those it belongs to"
        }
        return nil
    }

    /// Between braces or brackets, where more characters have a meaning.
    private var flowHint: String? {
        guard let scalar = scalar(at: mark) else { return nil }
        let before = source.line(mark.line).prefix(mark.column - 1).last { !$0.isBlank }
        if let before, before == "\"" || before == "'" { return quoteRule(before) }
        if scalar == ":", context?.mark.line == mark.line { return "an expression that holds \": \" stands in quotes" }
        return "[]{},\"'".unicodeScalars.contains(scalar)
            ? "between { } or [ ] an expression that holds , [ ] { or } stands in quotes" : nil
    }

    /// Where a bracket, brace or quote begins that the fault shows to be open still.
    private var unclosed: Mark? {
        guard let context, context.text.contains("flow") || problem.hasPrefix("found unexpected") else { return nil }
        return scalar(at: context.mark).flatMap { "[{\"'".unicodeScalars.contains($0) ? context.mark : nil }
    }

    private func quoteRule(_ scalar: Unicode.Scalar) -> String {
        "an expression or a text that begins with \(scalar) stands in quotes"
            + (scalar == "\"" || scalar == "'" ? " as a whole, as in '\"a\" == \"b\"'" : "")
    }

    private func scalar(at mark: Mark) -> Unicode.Scalar? {
        source.index(line: mark.line, column: mark.column).flatMap { source.scalar(at: $0) }
    }

    private var isOnlyKeyOnItsLine: Bool {
        let before = source.line(mark.line).prefix(mark.column - 1).drop { $0.isBlank }
        return !before.isEmpty
            && before.allSatisfy { $0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0) }
    }

    /// The first character of the block-style value on that line (`key: value`, `- value`), where it is one that has a
    /// meaning of its own in YAML and stands before the fault.
    private func suspiciousValue(line number: Int, before column: Int) -> Unicode.Scalar? {
        let line = Array(source.line(number))
        var index = line.firstIndex { !$0.isBlank } ?? line.count
        while index + 1 < line.count, line[index] == "-", line[index + 1].isBlank {
            index = line[(index + 1)...].firstIndex { !$0.isBlank } ?? line.count
        }
        if index < line.count, !Self.indicators.contains(line[index]),
            let colon = line.indices[index...].dropLast().first(where: { line[$0] == ":" && line[$0 + 1].isBlank })
        {
            index = line[(colon + 1)...].firstIndex { !$0.isBlank } ?? line.count
        }
        guard index < line.count, index + 1 < column, Self.indicators.contains(line[index]) else { return nil }
        return line[index]
    }

    private static let indicators: [Unicode.Scalar] = ["!", "\"", "'", "[", "{", "*", "&", "@", "`", "%"]
}
