/// A moment in UTC by the Gregorian calendar, within the years 1 to 9999. (Algorithm: Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", civil_from_days.)
package struct CivilTime: Sendable {
    package let year: Int
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int
    package let millisecond: Int

    /// - Parameter milliseconds: since 1970-01-01T00:00:00Z; cut to the years 1 to 9999.
    package init(_ milliseconds: Int64) {
        let clamped = Int(min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999))
        let day = clamped >= 0 ? clamped / 86_400_000 : -((86_399_999 - clamped) / 86_400_000)
        let rest = clamped - day * 86_400_000
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1000 % 60
        millisecond = rest % 1000
        // Days from 0000-03-01, so that a leap day is the last of its year; eras of 400 years.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
