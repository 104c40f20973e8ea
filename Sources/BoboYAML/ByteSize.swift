/// Sizes in bytes as configuration files write them: a whole number, alone or with `KiB`, `MiB`, `GiB`.
package enum ByteSize {
    private static let units: [(name: String, bytes: Int64)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    /// Nil where the text is no size, or one beyond 64 bits.
    package static func bytes(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        let name = text.dropFirst(digits.count)
        if name.isEmpty { return count }
        guard let unit = units.first(where: { $0.name == name }) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    package static func text(_ bytes: Int64) -> String {
        for unit in units where bytes > 0 && bytes % unit.bytes == 0 { return "\(bytes / unit.bytes)\(unit.name)" }
        return "\(bytes)"
    }
}
