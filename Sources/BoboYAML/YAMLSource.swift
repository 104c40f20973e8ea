/// The text of a file with its lines, to find again what stands at a place. Lines end where libyaml ends them, since its
/// marks are counted so: at CR, LF, CRLF, and U+0085, U+2028, U+2029.
final class YAMLSource: Sendable {
    typealias Index = String.Index

    let file: String
    let text: String
    /// No message shows what stands in the file: it holds secrets.
    private let isSecret: Bool
    private let lines: [LineStart]
    /// Every 256th scalar's offset in UTF-8, so that a place on a line of megabytes, as JSON may have, is found at once.
    private let checkpoints: [Int]
    /// A character is a byte then, and needs no checkpoint.
    private let isASCII: Bool
    private static let stride = 256

    private struct LineStart {
        let scalars: Int
        let index: Index
    }

    init(file: String, text: String, isSecret: Bool = false) {
        self.file = file
        self.text = text
        self.isSecret = isSecret
        isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        let scalars = text.unicodeScalars
        var lines = [LineStart(scalars: 0, index: scalars.startIndex)]
        var checkpoints: [Int] = []
        var count = 0
        var offset = 0
        var index = scalars.startIndex
        while index < scalars.endIndex {
            if !isASCII, count % Self.stride == 0 { checkpoints.append(offset) }
            let scalar = scalars[index]
            index = scalars.index(after: index)
            count += 1
            offset += UTF8.width(scalar)
            guard scalar.isLineBreak else { continue }
            // CRLF is one break: the line begins behind it.
            if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" { continue }
            lines.append(LineStart(scalars: count, index: index))
        }
        self.lines = lines
        self.checkpoints = checkpoints
    }

    var lineCount: Int { lines.count }

    /// Nil where the file has no such place.
    func index(line: Int, column: Int) -> Index? {
        guard line >= 1, line <= lines.count, column >= 1 else { return nil }
        let target = lines[line - 1].scalars + column - 1
        guard !isASCII else { return text.utf8.index(text.startIndex, offsetBy: target, limitedBy: text.endIndex) }
        guard target / Self.stride < checkpoints.count else {
            // The end of a text whose length is a multiple of the stride has no checkpoint of its own.
            return target == checkpoints.count * Self.stride ? text.endIndex : nil
        }
        let near = text.utf8.index(text.startIndex, offsetBy: checkpoints[target / Self.stride])
        return text.unicodeScalars.index(near, offsetBy: target % Self.stride, limitedBy: text.endIndex)
    }

    func place(of index: Index) -> SourcePlace {
        let line = lastPosition(in: lines.count) { lines[$0].index <= index }
        let column = scalarCount(before: index) - lines[line].scalars + 1
        return SourcePlace(file: file, line: line + 1, column: column)
    }

    private func scalarCount(before index: Index) -> Int {
        guard !isASCII else { return text.utf8.distance(from: text.startIndex, to: index) }
        guard !checkpoints.isEmpty else { return 0 }
        let offset = text.utf8.distance(from: text.startIndex, to: index)
        let near = lastPosition(in: checkpoints.count) { checkpoints[$0] <= offset }
        let start = text.utf8.index(text.startIndex, offsetBy: checkpoints[near])
        return near * Self.stride + text.unicodeScalars.distance(from: start, to: index)
    }

    /// Of positions in order, the last for which it holds; 0 where it holds for none.
    private func lastPosition(in count: Int, where holds: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while high - low > 1 {
            let middle = (low + high) / 2
            if holds(middle) { low = middle } else { high = middle }
        }
        return low
    }

    /// Whether a message may show what stands on that line.
    func mayShow(line number: Int) -> Bool {
        guard !isSecret else { return false }
        return !String(line(number).prefix(500)).lowercased().contains("password")
    }

    /// The scalar there, nil at the end of the file.
    func scalar(at index: Index) -> Unicode.Scalar? {
        index < text.endIndex ? text.unicodeScalars[index] : nil
    }

    func index(after index: Index) -> Index { text.unicodeScalars.index(after: index) }

    /// The line without its break.
    func line(_ number: Int) -> Substring.UnicodeScalarView {
        guard number >= 1, number <= lines.count else { return Substring().unicodeScalars }
        return text.unicodeScalars[lines[number - 1].index...].prefix { !$0.isLineBreak }
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
