import BoboEngine

/// The one counted message to a peer that is not acknowledged yet.
struct CountedMessage {
    let seq: UInt64
    /// As it was sent first; it is sent again unchanged.
    let bytes: [UInt8]
    let firstSent: Duration
    var lastSent: Duration
    /// Completed and halted runs that the peer knows of once it has acknowledged this.
    let ended: [RunIdentifier]
    let hasChanges: Bool
    /// How many runs it tells of, and since when the oldest of these changes waited.
    let changes: (count: Int, oldest: Duration)
    let isLastPart: Bool
    /// The last batch of local changes that is whole in this and what went before; nil: some of an earlier one waits.
    let batch: Int?
    /// The number of what it says of this gateway's partitions, if it does.
    let statement: Int?
}

/// Counts the messages to a peer, of which one at a time is under way.
struct Outbox {
    private(set) var lastSeq: UInt64 = 0
    /// Counts all that is sealed for the peer in this epoch.
    private(set) var sealed: UInt64 = 0
    private(set) var inFlight: CountedMessage?
    /// The last one that was acknowledged, and when it was sent first.
    private(set) var acknowledged: (seq: UInt64, sent: Duration)?

    mutating func nextSealed() -> UInt64 {
        sealed += 1
        return sealed
    }

    var nextSeq: UInt64 { lastSeq + 1 }

    mutating func send(_ message: CountedMessage) {
        lastSeq = message.seq
        inFlight = message
    }

    mutating func sendAgain(_ now: Duration) -> [UInt8]? {
        inFlight?.lastSent = now
        return inFlight?.bytes
    }

    /// - Returns: the message that this acknowledges, if it is under way.
    mutating func acknowledge(_ seq: UInt64) -> CountedMessage? {
        guard let message = inFlight, seq == message.seq else { return nil }
        inFlight = nil
        acknowledged = (seq, message.firstSent)
        return message
    }

    /// What is under way is of no use any more.
    mutating func drop() { inFlight = nil }
}
