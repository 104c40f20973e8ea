/// Texts for files that this program writes for people.
enum YAMLText {
    /// The text as a value, in quotes where it needs them, also between `[ ]`.
    static func value(_ text: String) -> String {
        if isPlain(text) { return text }
        // CEL's escapes are among those of YAML.
        let literal = PayloadPath.literal(text)
        let hasEscapes = literal.contains("\\U") || text.contains { $0.isNewline || $0 == "\t" }
        return hasEscapes ? literal : "'" + text.replacing("'", with: "''") + "'"
    }

    /// What cannot be seen, or would end a line, is left out, and the end where it is long.
    static func comment(_ text: String, length: Int = 100) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if PayloadPath.isPlain(scalar) {
                scalars.append(scalar)
            } else if scalars.last != " " {
                scalars.append(" ")
            }
        }
        let line = String(scalars)
        return line.count > length ? line.prefix(length - 1) + "…" : line
    }

    /// Letters first, and nothing that YAML or its reader takes for something else.
    private static func isPlain(_ text: String) -> Bool {
        if text.wholeMatch(of: #/mqtts?:\/\/[A-Za-z0-9.:-]+/#) != nil { return true }
        return text.wholeMatch(of: #/[A-Za-z][A-Za-z0-9_.\/-]*( (==|>=|<=|>|<|!=) [0-9.-]+| (==|!=) (true|false))?/#)
            != nil
            && !["true", "false", "null", "True", "TRUE", "False", "FALSE", "Null", "NULL"].contains(text)
    }
}
