/// A place in a file, for messages that point: lines and columns count from 1, columns in Unicode scalars. Line 0 means
/// the file as a whole, or a source without lines, such as an environment variable or a flag.
package struct SourcePlace: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The file as a whole, or an environment variable or a flag by its name.
    package static func whole(_ file: String) -> SourcePlace { SourcePlace(file: file, line: 0, column: 0) }

    package var description: String { line == 0 ? file : "\(file):\(line):\(column)" }

    package static func < (one: SourcePlace, two: SourcePlace) -> Bool {
        (one.file, one.line, one.column) < (two.file, two.line, two.column)
    }
}
