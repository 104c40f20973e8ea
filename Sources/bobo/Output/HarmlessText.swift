/// Without what a terminal would obey, or take for the end of a line: sensors' texts are anybody's.
func harmless(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: scalars.append("\u{FFFD}")
        // Such as the marks that turn the direction of writing.
        case .format where scalar.value != 0x200D: scalars.append("\u{FFFD}")
        default: scalars.append(scalar)
        }
    }
    return String(scalars)
}

/// Cut to so many characters, with a mark where something is missing.
func shortened(_ text: String, to length: Int) -> String {
    text.count > length ? text.prefix(max(length - 1, 0)) + "…" : text
}
