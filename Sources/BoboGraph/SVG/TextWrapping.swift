/// Texts in lines of so many columns, as a font of one width has them.
enum TextWrapping {
    /// Breaks at spaces, or within a word that alone is longer; after `maximumLines` it is cut, with a mark at its end.
    static func lines(_ text: String, columns: Int, maximumLines: Int) -> [String] {
        let columns = max(columns, 4)
        var lines: [String] = []
        var line = ""
        var width = 0
        for word in text.split(whereSeparator: \.isWhitespace) {
            let length = TextWrapping.columns(word)
            if !line.isEmpty, width + 1 + length > columns {
                lines.append(line)
                (line, width) = ("", 0)
            }
            if !line.isEmpty { (line, width) = (line + " ", width + 1) }
            for piece in pieces(word, columns: columns) {
                if width > 0, width + TextWrapping.columns(piece) > columns {
                    lines.append(line)
                    (line, width) = ("", 0)
                }
                line += piece
                width += TextWrapping.columns(piece)
            }
            // No more is shown, however long the text is.
            guard lines.count <= maximumLines else { break }
        }
        if !line.isEmpty { lines.append(line) }
        guard lines.count > maximumLines else { return lines }
        return lines.prefix(maximumLines - 1) + [cut(lines[maximumLines - 1] + " …", columns)]
    }

    /// A word that is too long for a line, broken behind a slash, a dot or the like where there is one.
    private static func pieces(_ word: Substring, columns limit: Int) -> [Substring] {
        guard columns(word) > limit else { return [word] }
        var pieces: [Substring] = []
        var rest = word
        while columns(rest) > limit {
            var end = rest.startIndex
            var breaking: Substring.Index?
            var width = 0
            while end < rest.endIndex, width + columns(rest[end]) <= limit {
                width += columns(rest[end])
                let after = rest.index(after: end)
                if "/.,(&|)]".contains(rest[end]) { breaking = after }
                end = after
            }
            let place = breaking ?? (end > rest.startIndex ? end : rest.index(after: rest.startIndex))
            pieces.append(rest[..<place])
            rest = rest[place...]
        }
        if !rest.isEmpty { pieces.append(rest) }
        return pieces
    }

    /// One line, cut with a mark at its end where it is too long.
    static func cut(_ text: String, _ limit: Int) -> String {
        guard columns(text) > limit else { return text }
        var result = ""
        var width = 0
        for character in text {
            width += columns(character)
            guard width < limit else { break }
            result.append(character)
        }
        return result + "…"
    }

    static func columns(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + columns($1) } }

    /// The characters of East Asia and pictures are as wide as two others.
    private static func columns(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
            0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
