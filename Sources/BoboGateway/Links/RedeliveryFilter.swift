import BoboMQTT

/// Tells a message that is sent again from a second message. After a reconnect the broker sends again what it has no
/// acknowledgment of, although it may have been taken: its PUBACK was lost. A message marked as sent again is the one taken
/// last under its packet identifier where topic and payload are equal.
struct RedeliveryFilter {
    /// By packet identifier, a hash of topic and payload.
    private var taken: [MessageID: Int] = [:]

    mutating func isRedelivered(_ message: BorrowedMessage) -> Bool {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(start: message.topic, count: strlen(message.topic)))
        hasher.combine(UInt8(0))
        hasher.combine(bytes: message.payload)
        let hash = hasher.finalize()
        let before = taken.updateValue(hash, forKey: message.messageID)
        return message.isDuplicate && before == hash
    }

    private func strlen(_ text: UnsafePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }
}
