import DequeModule

/// One of a gateway's two connections, with its coming back.
final class SimulatedClient {
    /// What a client keeps until the broker has acknowledged it, and sends again on the next connection.
    private struct Outgoing {
        let id: Int
        let publication: Publication
        let isKept: Bool
    }

    let id: String
    private unowned let world: World
    private let keepsSession: Bool
    private let will: Publication?
    private(set) var connection: Connection?
    private(set) var isConnected = false
    /// What has arrived and is not read yet: of the process, or of its socket.
    var socket = Deque<DownPacket>()
    private var outgoing: [Outgoing] = []
    private var nextID = 0
    private var attempts = 0
    private var isDone = false
    /// Told when something lies in the socket.
    var onArrival: () -> Void = {}
    var delay: () -> Duration

    init(_ id: String, _ world: World, keepsSession: Bool, will: Publication?, delay: @escaping () -> Duration) {
        self.id = id
        self.world = world
        self.keepsSession = keepsSession
        self.will = will
        self.delay = delay
    }

    // MARK: Connecting

    func connect() {
        guard !isDone, connection == nil else { return }
        // Nobody answers on the port.
        guard world.broker.isUp else { return retry() }
        let connection = Connection(client: id)
        let broker = world.broker
        let (isKept, will) = (keepsSession, will)
        connection.open(
            up: Pipe(world.schedule, delay: delay) { broker.take($0, of: connection, isKept: isKept, will: will) },
            down: Pipe(world.schedule, delay: delay) { [weak self] in self?.arrive($0, connection) })
        self.connection = connection
        if let until = world.blockedUntil[id], until.time > world.schedule.now {
            connection.hold(up: until.up, down: until.down, until: until.time)
        }
        connection.up?.send(.connect)
        // Nothing answers.
        world.schedule.after(.seconds(5)) { [weak self] in
            guard let self, self.connection === connection, !self.isConnected else { return }
            if !self.socket.contains(where: { if case .connected = $0 { true } else { false } }) {
                connection.cut()
                self.world.brokerNotices(connection, after: .zero)
                self.connection = nil
                self.retry()
            }
        }
    }

    private func retry() {
        attempts += 1
        let span = min(Double(1 << min(attempts, 6)), 60) * world.retryScale
        world.schedule.after(world.random.duration(span / 2...span)) { [weak self] in self?.connect() }
    }

    private func arrive(_ packet: DownPacket, _ connection: Connection) {
        guard self.connection === connection, !isDone else { return }
        socket.append(packet)
        onArrival()
    }

    /// To be called as the process reads that the connection is accepted.
    func accepted() {
        isConnected = true
        attempts = 0
        for message in outgoing { connection?.up?.send(.publish(message.publication, id: message.id)) }
    }

    /// To be called as the process reads the end of the connection.
    func ended() {
        isConnected = false
        connection = nil
        outgoing.removeAll { !$0.isKept }
        retry()
    }

    /// Neither end hears of the other any more.
    func breakConnection(brokerNotices: Duration, clientNotices: Duration) {
        guard let connection else { return }
        connection.cut()
        world.brokerNotices(connection, after: brokerNotices)
        world.schedule.after(clientNotices) { [weak self] in
            guard let self, self.connection === connection else { return }
            if !self.isConnected, !self.socket.contains(where: { if case .connected = $0 { true } else { false } }) {
                self.connection = nil
                return self.retry()
            }
            self.socket.append(.closed)
            self.onArrival()
        }
    }

    /// The process is killed: what it has written still goes out, unless the machine is without power.
    func die(losesPower: Bool) {
        isDone = true
        guard let connection else { return }
        connection.down?.cut()
        if losesPower {
            connection.up?.cut()
            world.brokerNotices(connection, after: world.keepAlive * 1.5)
        } else {
            connection.up?.send(.closed)
        }
        self.connection = nil
    }

    func disconnect(sessionEnds: Bool) {
        connection?.up?.send(.disconnect(sessionEnds: sessionEnds))
        isDone = true
    }

    // MARK: Requests

    /// - Parameter isKept: whether it is sent again on the next connection.
    /// - Returns: the number under which the broker acknowledges it; nil where nothing is connected and it is not kept.
    @discardableResult
    func publish(_ publication: Publication, isKept: Bool) -> Int? {
        guard isConnected || isKept else { return nil }
        nextID += 1
        outgoing.append(Outgoing(id: nextID, publication: publication, isKept: isKept))
        if isConnected { connection?.up?.send(.publish(publication, id: nextID)) }
        return nextID
    }

    /// Whether something on the topic waits for the broker's acknowledgment.
    func isPublishing(_ topic: String) -> Bool { outgoing.contains { $0.publication.topic == topic } }

    func published(_ id: Int) { outgoing.removeAll { $0.id == id } }

    func send(_ packet: UpPacket) {
        guard isConnected else { return }
        connection?.up?.send(packet)
    }
}
