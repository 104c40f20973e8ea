extension Timestamp {
    /// Reads a date and time as RFC 3339 has it: `2026-11-23T18:00:00.123Z`, `…+01:00`; at most nine digits of a
    /// second, no leap second.
    /// - Returns: nil where the text is none, or out of range.
    public init?(rfc3339 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), reader.take("-"),
            let month = reader.number(digits: 2), (1...12).contains(month), reader.take("-"),
            let day = reader.number(digits: 2), day >= 1, day <= CivilTime.daysInMonth(year: year, month: month),
            reader.take("T") || reader.take("t"),
            let hour = reader.number(digits: 2), hour <= 23, reader.take(":"),
            let minute = reader.number(digits: 2), minute <= 59, reader.take(":"),
            let second = reader.number(digits: 2), second <= 59
        else { return nil }
        var nanoseconds: Int64 = 0
        if reader.take(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = reader.zoneOffset(), reader.isAtEnd else { return nil }
        let days = CivilTime.days(year: year, month: month, day: day)
        self.init(
            seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: Int32(nanoseconds))
    }

    /// As RFC 3339 has it, in UTC, with as many digits of a second as there are.
    public var rfc3339: String {
        let civil = CivilTime(seconds: seconds)
        let date = "\(civil.year.padded(4))-\(civil.month.padded(2))-\(civil.day.padded(2))"
        let (hour, minute, second) =
            (civil.secondOfDay / 3600, civil.secondOfDay / 60 % 60, civil.secondOfDay % 60)
        return "\(date)T\(hour.padded(2)):\(minute.padded(2)):\(second.padded(2))\(Int64(nanoseconds).fraction)Z"
    }
}

/// Reads the parts of a date from its bytes.
private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8.prefix(64)) }

    var isAtEnd: Bool { position == bytes.count }

    private var digit: Int64? {
        guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
        return Int64(bytes[position] - 0x30)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        var number: Int64 = 0
        for _ in 0..<digits {
            guard let digit else { return nil }
            number = number * 10 + digit
            position += 1
        }
        return number
    }

    /// The digits after the point, as nanoseconds.
    mutating func fraction() -> Int64? {
        var nanoseconds: Int64 = 0
        var count = 0
        while let digit, count < 9 {
            nanoseconds = nanoseconds * 10 + digit
            position += 1
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in count..<9 { nanoseconds *= 10 }
        return nanoseconds
    }

    /// `Z` or `±hh:mm`, in seconds.
    mutating func zoneOffset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+"), let hours = number(digits: 2), hours <= 23, take(":"),
            let minutes = number(digits: 2), minutes <= 59
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isNegative ? -1 : 1)
    }
}

extension Int64 {
    fileprivate func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }

    /// Nanoseconds as the digits after a second's point, without zeros at the end; nothing of 0.
    var fraction: String {
        guard self != 0 else { return "" }
        var digits = Substring(magnitude.description)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return ".\(digits)"
    }
}
