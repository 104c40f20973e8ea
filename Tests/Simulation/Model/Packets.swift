/// A publication as the broker has it.
struct Publication {
    let topic: String
    let payload: [UInt8]
    var isRetained = false
}

/// From a client to the broker.
enum UpPacket {
    case connect
    case subscribe([String], token: Int)
    case unsubscribe([String], token: Int)
    /// QoS 1.
    case publish(Publication, id: Int)
    case acknowledge(id: Int)
    /// In order, so that no will is sent.
    case disconnect(sessionEnds: Bool)
    /// The client's end is closed.
    case closed
}

/// From the broker to a client.
enum DownPacket {
    case connected(hasSession: Bool)
    case subscribed(token: Int)
    case unsubscribed(token: Int)
    case published(id: Int)
    /// - Parameter isRetained: the broker had it before the client subscribed.
    case message(Publication, id: Int, isRepeated: Bool, isRetained: Bool)
    /// The end of the connection.
    case closed
}

/// A connection between a client and the broker.
final class Connection {
    let client: String
    private(set) var up: Pipe<UpPacket>?
    private(set) var down: Pipe<DownPacket>?
    /// The broker's side.
    var isOpen = true

    init(client: String) { self.client = client }

    func open(up: Pipe<UpPacket>, down: Pipe<DownPacket>) {
        self.up = up
        self.down = down
    }

    func cut() {
        up?.cut()
        down?.cut()
    }

    func hold(up: Bool, down: Bool, until time: Duration) {
        if up { self.up?.hold(until: time) }
        if down { self.down?.hold(until: time) }
    }
}
