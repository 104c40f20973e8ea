import Glibc

/// Finds out which messages the broker has marked as sent again (DUP). libmosquitto's callback leaves the mark out, but its
/// log line just before has it: `Client <id> received PUBLISH (d1, q1, r0, m7, …`. A log line costs an allocation in
/// libmosquitto, so the log is listened to only from a reconnect to the first message without the mark.
struct DuplicateWatch {
    private(set) var isOn = false
    /// Whether the message that the callback hands over next has the mark.
    private(set) var next = false

    mutating func begin() { isOn = true }

    /// Takes a line of libmosquitto's log.
    mutating func take(line: UnsafePointer<CChar>) {
        guard isOn, let place = strstr(line, " received PUBLISH (d") else { return }
        let mark = place + strlen(" received PUBLISH (d")
        // "1, q1": QoS 0 is never sent again, and says nothing about the rest.
        guard strlen(mark) > 4, mark[4] != CChar(UInt8(ascii: "0")) else {
            next = false
            return
        }
        next = mark[0] == CChar(UInt8(ascii: "1"))
        if !next { isOn = false }
    }
}
