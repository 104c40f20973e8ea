import BoboMQTT

/// Knows the messages that the broker sends again after a mere loss of the connection: marked as such, and with the packet
/// identifier, topic and payload of the last one taken under that identifier.
struct RepeatedMessages {
    private var taken: [MessageID: Int] = [:]

    /// Whether this message was taken already; else it counts as taken now.
    mutating func contains(_ message: BorrowedMessage, topic: String) -> Bool {
        // QoS 0 is not sent again, and QoS 2 sorts out repeats itself.
        guard message.qos == .atLeastOnce else { return false }
        var hasher = Hasher()
        hasher.combine(topic)
        hasher.combine(bytes: message.payload)
        let hash = hasher.finalize()
        if message.isDuplicate, taken[message.messageID] == hash { return true }
        taken[message.messageID] = hash
        return false
    }
}
