extension Value.Duration {
    /// Reads a duration as CEL writes it: numbers with a unit each, of `h`, `m`, `s`, `ms`, `us`, `ns`, and a sign
    /// before all: `1h30m`, `-1.5s`.
    /// - Returns: nil where the text is none, or out of range.
    public init?(text: String) {
        var rest = Substring(text).utf8
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        if rest.elementsEqual("0".utf8) {
            self.init(totalNanoseconds: 0)
            return
        }
        guard !rest.isEmpty else { return nil }
        // Negative, since the least number of 64 bits has no positive counterpart.
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = Value.Duration.part(&rest) else { return nil }
            let (sum, overflow) = total.subtractingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        guard isNegative || total > .min else { return nil }
        self.init(totalNanoseconds: isNegative ? total : -total)
    }

    /// One number with its unit, in nanoseconds; what lies below a nanosecond is cut.
    private static func part(_ rest: inout Substring.UTF8View) -> Int64? {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: isDigit)
            rest = rest.dropFirst(fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let name = rest.prefix { !isDigit($0) && $0 != UInt8(ascii: ".") }
        rest = rest.dropFirst(name.count)
        guard let unit = nanoseconds(of: String(Substring(name))) else { return nil }
        var total: Int64 = 0
        for byte in whole {
            guard case (let scaled, false) = total.multipliedReportingOverflow(by: 10),
                case (let sum, false) = scaled.addingReportingOverflow(Int64(byte - 0x30))
            else { return nil }
            total = sum
        }
        guard case (let scaled, false) = total.multipliedReportingOverflow(by: unit) else { return nil }
        return fractionPart(fraction, unit: unit).flatMap { part in
            let (sum, overflow) = scaled.addingReportingOverflow(part)
            return overflow ? nil : sum
        }
    }

    /// `.5` of a unit, in whole nanoseconds.
    private static func fractionPart(_ digits: Substring.UTF8View, unit: Int64) -> Int64? {
        var numerator: Int64 = 0
        var denominator: Int64 = 1
        for byte in digits.prefix(15) {
            numerator = numerator * 10 + Int64(byte - 0x30)
            denominator *= 10
        }
        let (high, low) = numerator.multipliedFullWidth(by: unit)
        return denominator.dividingFullWidth((high, low)).quotient
    }

    private static func nanoseconds(of unit: String) -> Int64? {
        switch unit {
        case "h": 3_600_000_000_000
        case "m": 60_000_000_000
        case "s": 1_000_000_000
        case "ms": 1_000_000
        case "us", "µs", "μs": 1000
        case "ns": 1
        default: nil
        }
    }

    /// In seconds: `5400s`, `-1.5s`.
    public var text: String {
        let sign = seconds < 0 || nanoseconds < 0 ? "-" : ""
        return "\(sign)\(seconds.magnitude)\(Int64(nanoseconds).fraction)s"
    }
}
