/// Walks the characters of a scalar and of its source together, over escapes, folded lines and indentation (YAML 1.2.2,
/// chapters 7.3 and 8.1).
struct Alignment {
    private let decoded: [Unicode.Scalar]
    private let source: YAMLSource
    private let style: YAMLScalar.Style
    private var index: YAMLSource.Index
    private var position = 0
    /// Characters of the text that one fold of lines has made and that are not yet passed.
    private var folded = 0
    private let indentation: Int

    private var isBlock: Bool { style == .literal || style == .folded }

    init(text: String, source: YAMLSource, start: YAMLSource.Index, style: YAMLScalar.Style) {
        decoded = Array(text.unicodeScalars)
        self.source = source
        self.style = style
        index = start
        indentation = style == .literal || style == .folded ? Self.indentation(of: decoded, source, start) : 0
        if isBlock { skipIndentation() }
    }

    /// Where that character of the text stands in the source.
    mutating func advance(to offset: Int) -> YAMLSource.Index {
        while position < min(offset, decoded.count) { step() }
        skipEscapedBreaks()
        return index
    }

    private mutating func step() {
        defer { position += 1 }
        if folded > 0 {
            folded -= 1
            return
        }
        skipEscapedBreaks()
        if let afterFold = fold() {
            folded = max(0, foldLength(breaks: afterFold.breaks) - 1)
            index = afterFold.index
            return
        }
        guard let scalar = source.scalar(at: index) else { return }
        index = source.index(after: index)
        switch (style, scalar) {
        case (.singleQuoted, "'"): next()
        case (.doubleQuoted, "\\"):
            let digits: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]
            let count = source.scalar(at: index).flatMap { digits[$0] } ?? 0
            for _ in 0...count { next() }
        default: break
        }
    }

    private mutating func next() {
        if index < source.text.endIndex { index = source.index(after: index) }
    }

    /// `\` at the end of a line of a double-quoted text: neither it nor the break is part of it.
    private mutating func skipEscapedBreaks() {
        while style == .doubleQuoted, source.scalar(at: index) == "\\" {
            let after = source.index(after: index)
            guard source.scalar(at: after)?.isLineBreak == true else { return }
            index = source.skipBlanks(source.skipBreak(after))
        }
    }

    /// The breaks here with the blanks that belong to them, nil where there is none.
    private func fold() -> (index: YAMLSource.Index, breaks: Int)? {
        var at = isBlock ? index : source.skipBlanks(index)
        var breaks = 0
        while source.scalar(at: at)?.isLineBreak == true {
            at = source.skipBreak(at)
            breaks += 1
            at = isBlock ? afterIndentation(at) : source.skipBlanks(at)
        }
        return breaks == 0 ? nil : (at, breaks)
    }

    /// How many characters of the text they have made.
    private func foldLength(breaks: Int) -> Int {
        guard decoded[position] == "\n" else { return 1 }
        return decoded[position...].prefix(breaks).prefix { $0 == "\n" }.count
    }

    private mutating func skipIndentation() { index = afterIndentation(index) }

    private func afterIndentation(_ from: YAMLSource.Index) -> YAMLSource.Index {
        var at = from
        for _ in 0..<indentation {
            guard source.scalar(at: at) == " " else { break }
            at = source.index(after: at)
        }
        return at
    }

    /// The first line that is not empty has so many spaces more in the source than in the text.
    private static func indentation(of decoded: [Unicode.Scalar], _ source: YAMLSource, _ start: YAMLSource.Index)
        -> Int
    {
        var spaces = 0
        var at = start
        while let scalar = source.scalar(at: at), scalar == " " || scalar.isLineBreak {
            spaces = scalar == " " ? spaces + 1 : 0
            at = source.index(after: at)
        }
        let own = decoded.drop { $0 == "\n" }.prefix { $0 == " " }.count
        return max(0, spaces - own)
    }
}

extension YAMLSource {
    /// Past the line break here: CRLF is one.
    func skipBreak(_ index: Index) -> Index {
        let after = self.index(after: index)
        return scalar(at: index) == "\r" && scalar(at: after) == "\n" ? self.index(after: after) : after
    }
}
