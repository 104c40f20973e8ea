internal import Foundation
internal import Synchronization

/// Time zones by name (IANA's database) or by offset (`+02:00`, `-09:30`, `02:00`), kept once found.
enum TimeZones {
    private static let found = Mutex<[String: TimeZone]>([:])
    /// Names may come from messages, so not all of them are kept.
    private static let limit = 256

    /// Seconds that the zone's clocks are ahead of UTC at a time.
    /// - Throws: `invalidArgument` where there is no such zone.
    static func offset(of name: String, at timestamp: Timestamp) throws(EvaluationFailure) -> Int64 {
        if name == "UTC" { return 0 }
        if let seconds = fixedOffset(name) { return seconds }
        guard let zone = zone(named: name) else {
            throw EvaluationFailure(.invalidArgument("there is no time zone \(name.debugDescription)"))
        }
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(timestamp.seconds))))
    }

    /// - Throws: `invalidArgument` where there is no such zone.
    static func check(_ name: String) throws(EvaluationFailure) {
        _ = try offset(of: name, at: Timestamp(clampingMilliseconds: 0))
    }

    private static func zone(named name: String) -> TimeZone? {
        if let zone = found.withLock({ $0[name] }) { return zone }
        guard name.utf8.count <= 64, let zone = TimeZone(identifier: name) else { return nil }
        found.withLock { if $0.count < limit { $0[name] = zone } }
        return zone
    }

    private static func fixedOffset(_ name: String) -> Int64? {
        var digits = Substring(name)
        var sign: Int64 = 1
        if let first = digits.first, first == "+" || first == "-" {
            sign = first == "-" ? -1 : 1
            digits = digits.dropFirst()
        }
        let bytes = Array(digits.utf8.prefix(6))
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            [0, 1, 3, 4].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
        else { return nil }
        let hours = Int64(bytes[0] - 0x30) * 10 + Int64(bytes[1] - 0x30)
        let minutes = Int64(bytes[3] - 0x30) * 10 + Int64(bytes[4] - 0x30)
        guard hours <= 23, minutes <= 59 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
