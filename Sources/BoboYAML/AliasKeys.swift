/// Refuses documents with many aliases of which some stand in keys. Yams compares the keys of a mapping by their whole
/// value, aliases expanded, before anything here sees them; a key of aliases to lists of aliases would take for ever. A key
/// is a text here, so such a document is wrong anyway, and what this scan takes for a key by mistake (within a text, say)
/// does no harm while there are few aliases: 3 aliases each level, 10 levels, are 59,049 nodes.
func checkAliasKeys(_ source: YAMLSource, _ problems: ProblemCollector) -> Bool {
    let limit = 32
    // Each alias has its star.
    guard source.text.utf8.count(where: { $0 == UInt8(ascii: "*") }) > limit else { return true }
    var aliases = 0
    var keyPlace: YAMLSource.Index?
    /// The last character that is no blank; a line break at the start of a line.
    var before: UInt8 = UInt8(ascii: "\n")
    /// Within the name of an alias, or the blanks behind it.
    var inAlias = false
    let bytes = source.text.utf8
    for index in bytes.indices {
        let byte = bytes[index]
        let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        guard !isBlank else { continue }
        let startsToken = before >= 0x80 || "\n\r:-[{,?".utf8.contains(before)
        switch byte {
        case UInt8(ascii: "*") where startsToken:
            aliases += 1
            inAlias = true
        case UInt8(ascii: ":") where inAlias || before == UInt8(ascii: "]") || before == UInt8(ascii: "}"),
            UInt8(ascii: "?") where startsToken:
            keyPlace = keyPlace ?? index
            inAlias = false
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            break
        default: inAlias = false
        }
        before = byte
    }
    guard aliases > limit, let keyPlace else { return true }
    problems.error(
        source.place(of: keyPlace),
        "expected a text as key; a file with a list, a mapping or an alias as key may have at most \(limit) aliases")
    return false
}
