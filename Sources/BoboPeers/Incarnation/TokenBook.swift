/// The tokens that a gateway has given a peer. One serves once, and for a minute.
struct TokenBook {
    private static let lifetime = Duration.seconds(60)
    /// More are not out at a time, or whoever asks often would cost memory.
    private static let limit = 64

    private var given: [(token: Random128, at: Duration)] = []

    mutating func give(_ token: Random128, _ now: Duration) {
        given.removeAll { now - $0.at >= TokenBook.lifetime }
        if given.count >= TokenBook.limit { given.removeFirst() }
        given.append((token, now))
    }

    /// Whether the token is one of these; it is not any more then.
    mutating func redeem(_ token: Random128, _ now: Duration) -> Bool {
        guard let place = given.firstIndex(where: { $0.token == token }) else { return false }
        let at = given.remove(at: place).at
        return now - at < TokenBook.lifetime
    }

    mutating func removeAll() { given = [] }
}
