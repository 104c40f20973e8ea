/// The text of a file with its lines, to find again what stands at a place. Lines end where libyaml ends them, since its
/// marks are counted so: at CR, LF, CRLF, and U+0085, U+2028, U+2029.
final class YAMLSource: Sendable {
    typealias Index = String.Index

    let file: String
    let text: String
    private let lineStarts: [Index]

    init(file: String, text: String) {
        self.file = file
        self.text = text
        let scalars = text.unicodeScalars
        var starts = [scalars.startIndex]
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            index = scalars.index(after: index)
            guard scalar.isLineBreak else { continue }
            if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" { index = scalars.index(after: index) }
            starts.append(index)
        }
        lineStarts = starts
    }

    var lineCount: Int { lineStarts.count }

    /// Nil where the file has no such place.
    func index(line: Int, column: Int) -> Index? {
        guard line >= 1, line <= lineStarts.count, column >= 1 else { return nil }
        return text.unicodeScalars.index(lineStarts[line - 1], offsetBy: column - 1, limitedBy: text.endIndex)
    }

    func place(of index: Index) -> SourcePlace {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= index { low = middle } else { high = middle }
        }
        let column = text.unicodeScalars.distance(from: lineStarts[low], to: index) + 1
        return SourcePlace(file: file, line: low + 1, column: column)
    }

    /// The scalar there, nil at the end of the file.
    func scalar(at index: Index) -> Unicode.Scalar? {
        index < text.endIndex ? text.unicodeScalars[index] : nil
    }

    func index(after index: Index) -> Index { text.unicodeScalars.index(after: index) }

    /// The line without its break.
    func line(_ number: Int) -> Substring.UnicodeScalarView {
        guard number >= 1, number <= lineStarts.count else { return Substring().unicodeScalars }
        return text.unicodeScalars[lineStarts[number - 1]...].prefix { !$0.isLineBreak }
    }

    /// Past blanks, tabs, and, with `lines`, breaks and comments.
    func skipBlanks(_ from: Index, lines: Bool = false) -> Index {
        var index = from
        while let scalar = scalar(at: index) {
            if scalar.isBlank || (lines && scalar.isLineBreak) {
                index = self.index(after: index)
            } else if lines, scalar == "#" {
                while let inComment = self.scalar(at: index), !inComment.isLineBreak {
                    index = self.index(after: index)
                }
            } else {
                break
            }
        }
        return index
    }
}

extension Unicode.Scalar {
    var isLineBreak: Bool {
        self == "\n" || self == "\r" || self == "\u{85}" || self == "\u{2028}" || self == "\u{2029}"
    }

    var isBlank: Bool { self == " " || self == "\t" }
}
