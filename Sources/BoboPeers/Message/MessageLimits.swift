/// What a message may hold at most; a message beyond is dropped.
enum MessageLimits {
    /// Bytes of a message that is read, whatever `message_limit` is here: a peer's may be greater.
    static let size = 8 << 20
    static let events = 65_536
    static let entries = 65_536
    /// Runs of one entry, ids of `published` and `need`.
    static let runs = 131_072
    static let additions = 65_536
    static let patterns = 16_384
    static let reads = 16_384
    /// Bytes of a name.
    static let name = 1024
    /// Bytes of a topic by MQTT.
    static let topic = 65_535
}
