import Foundation
import Glibc
import Synchronization

/// A forwarder between one gateway and the broker, which holds, slows and cuts what goes through it: by direction, and by
/// connection, told by the client id of its CONNECT packet.
///
/// One thread of its own moves the bytes.
final class Relay: Sendable {
    enum Direction: Hashable, CaseIterable { case toBroker, fromBroker }

    /// A gateway's connections.
    enum Link: Hashable, CaseIterable { case reading, peers }

    /// What passes through one connection in one direction.
    private struct Stream {
        /// Each piece with the moment from which it may go on.
        var waiting: [(bytes: [UInt8], due: ContinuousClock.Instant)] = []
        var size = 0
    }

    private struct Through {
        let client: Int32
        let broker: Int32
        /// nil until the CONNECT packet is here.
        var link: Link?
        var streams: [Direction: Stream] = [.toBroker: Stream(), .fromBroker: Stream()]
        var isCut = false
    }

    private struct State {
        var held: Set<Way> = []
        var delays: [Way: Duration] = [:]
        var isClosed = false
        var isOver = false
        var connections: [Through] = []
    }

    private struct Way: Hashable {
        let direction: Direction
        let link: Link
    }

    let port: UInt16
    private let brokerPort: UInt16
    private let listener: Int32
    private let wakeUp: PipeEnds
    private let state = Mutex(State())

    init(to brokerPort: UInt16) throws {
        self.brokerPort = brokerPort
        wakeUp = try PipeEnds()
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Relay.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 16) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in work() }
    }

    /// Ends it: the thread holds the relay until then.
    func close() {
        state.withLock { $0.isOver = true }
        wake()
    }

    var url: String { "mqtt://127.0.0.1:\(port)" }

    // MARK: What tests ask for

    /// What goes this way waits from now on.
    func hold(_ directions: Direction..., of links: Link...) {
        state.withLock { $0.held.formUnion(Relay.ways(directions, links)) }
        wake()
    }

    /// All goes on, what waited first.
    func release() {
        state.withLock { $0.held = [] }
        wake()
    }

    /// Each piece arrives so much later.
    func delay(_ direction: Direction, of link: Link, by delay: Duration) {
        state.withLock { $0.delays[Way(direction: direction, link: link)] = delay }
    }

    /// Ends connections; what waited in them is lost.
    func cut(_ links: Link...) {
        state.withLock { state in
            for index in state.connections.indices where Relay.concerns(links, state.connections[index].link) {
                state.connections[index].isCut = true
            }
        }
        wake()
    }

    /// Ends all connections, and takes no more until it is opened.
    func shut() {
        state.withLock { $0.isClosed = true }
        cut()
    }

    func open() {
        state.withLock { $0.isClosed = false }
        wake()
    }

    private static func ways(_ directions: [Direction], _ links: [Link]) -> Set<Way> {
        let directions = directions.isEmpty ? Direction.allCases : directions
        let links = links.isEmpty ? Link.allCases : links
        return Set(directions.flatMap { direction in links.map { Way(direction: direction, link: $0) } })
    }

    private static func concerns(_ links: [Link], _ link: Link?) -> Bool {
        links.isEmpty || link.map(links.contains) ?? false
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakeUp.writing.fileDescriptor, &byte, 1)
    }

    // MARK: Moving bytes

    private func work() {
        while true {
            var polls = [pollfd(fd: wakeUp.reading.fileDescriptor, events: Int16(POLLIN), revents: 0)]
            let (isOver, wait) = state.withLock { state in
                state.connections.removeAll { through in
                    guard through.isCut || state.isOver || state.isClosed else { return false }
                    for descriptor in [through.client, through.broker] {
                        // A process that was started just then may have it as well.
                        shutdown(descriptor, Int32(SHUT_RDWR))
                        Glibc.close(descriptor)
                    }
                    return true
                }
                polls.append(pollfd(fd: state.isClosed ? -1 : listener, events: Int16(POLLIN), revents: 0))
                var wait: Duration?
                for through in state.connections {
                    polls.append(pollfd(fd: through.client, events: events(of: .toBroker, through, state), revents: 0))
                    polls.append(
                        pollfd(fd: through.broker, events: events(of: .fromBroker, through, state), revents: 0))
                    if let due = due(through, state) { wait = min(wait ?? due, due) }
                }
                return (state.isOver, wait)
            }
            guard !isOver else { break }
            poll(&polls, nfds_t(polls.count), wait.map { Int32(max(0, $0 / .milliseconds(1))) + 1 } ?? -1)
            if polls[0].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 256)
                _ = read(wakeUp.reading.fileDescriptor, &bytes, bytes.count)
            }
            if polls[1].revents != 0 { accept() }
            let ready = Set(polls[2...].filter { $0.revents != 0 }.map(\.fd))
            state.withLock { state in
                for index in state.connections.indices { move(index, ready, &state) }
            }
        }
        Glibc.close(listener)
    }

    private func isHeld(_ direction: Direction, _ through: Through, _ state: State) -> Bool {
        through.link.map { state.held.contains(Way(direction: direction, link: $0)) } ?? false
    }

    /// What to wait for at the side that a direction comes from.
    private func events(of direction: Direction, _ through: Through, _ state: State) -> Int16 {
        let other: Direction = direction == .toBroker ? .fromBroker : .toBroker
        let mayRead = !isHeld(direction, through, state) && through.streams[direction, default: Stream()].size < 1 << 20
        let first = through.streams[other, default: Stream()].waiting.first
        let mayWrite = !isHeld(other, through, state) && (first.map { $0.due <= .now } ?? false)
        // That a side hangs up is seen also where it is not read from.
        return Relay.hangsUp | (mayRead ? Int16(POLLIN) : 0) | (mayWrite ? Int16(POLLOUT) : 0)
    }

    private func due(_ through: Through, _ state: State) -> Duration? {
        let pieces = Direction.allCases.filter { !isHeld($0, through, state) }
            .compactMap { through.streams[$0]?.waiting.first?.due }
        return pieces.min().map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }

    private func move(_ index: Int, _ ready: Set<Int32>, _ state: inout State) {
        for direction in Direction.allCases {
            let through = state.connections[index]
            let (from, to) =
                direction == .toBroker ? (through.client, through.broker) : (through.broker, through.client)
            if ready.contains(from) {
                if isHeld(direction, through, state) {
                    if hasHungUp(from) { state.connections[index].isCut = true }
                } else {
                    take(from, direction, index, &state)
                }
            }
            if !isHeld(direction, state.connections[index], state) { give(to, direction, index, &state) }
        }
    }

    private func take(_ from: Int32, _ direction: Direction, _ index: Int, _ state: inout State) {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(from, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count > 0 else {
            state.connections[index].isCut = true
            return
        }
        bytes.removeLast(bytes.count - count)
        if direction == .toBroker, state.connections[index].link == nil {
            state.connections[index].link = Relay.clientID(bytes)?.hasSuffix("-peers") == true ? .peers : .reading
        }
        let delay = state.connections[index].link.flatMap { state.delays[Way(direction: direction, link: $0)] }
        state.connections[index].streams[direction]?.waiting.append((bytes, .now + (delay ?? .zero)))
        state.connections[index].streams[direction]?.size += count
    }

    private func give(_ to: Int32, _ direction: Direction, _ index: Int, _ state: inout State) {
        while let piece = state.connections[index].streams[direction]?.waiting.first, piece.due <= .now {
            let count = send(to, piece.bytes, piece.bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            if count < 0 {
                if errno != EAGAIN, errno != EINTR { state.connections[index].isCut = true }
                return
            }
            state.connections[index].streams[direction]?.size -= count
            if count == piece.bytes.count {
                state.connections[index].streams[direction]?.waiting.removeFirst()
            } else {
                state.connections[index].streams[direction]?.waiting[0].bytes.removeFirst(count)
            }
        }
    }

    /// Of a side that is not read from, so that what it sent last stays unread.
    private func hasHungUp(_ descriptor: Int32) -> Bool {
        var one = pollfd(fd: descriptor, events: Relay.hangsUp, revents: 0)
        poll(&one, 1, 0)
        return one.revents & (Relay.hangsUp | Int16(POLLHUP | POLLERR)) != 0
    }

    /// POLLRDHUP of Linux, which Swift does not see.
    private static let hangsUp: Int16 = 0x2000

    private func accept() {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        let broker = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Relay.loopback(port: brokerPort)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(broker, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            Glibc.close(client)
            Glibc.close(broker)
            return
        }
        var one: Int32 = 1
        for descriptor in [client, broker] {
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
        state.withLock { $0.connections.append(Through(client: client, broker: broker)) }
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// The client id of a CONNECT packet (MQTT 3.1.1 and 5, section 3.1).
    static func clientID(_ packet: [UInt8]) -> String? {
        var rest = packet[...]
        func number() -> Int? {
            var (value, shift) = (0, 0)
            while let byte = rest.popFirst(), shift < 28 {
                value |= Int(byte & 0x7F) << shift
                if byte & 0x80 == 0 { return value }
                shift += 7
            }
            return nil
        }
        func text() -> String? {
            guard rest.count >= 2 else { return nil }
            let length = Int(rest.removeFirst()) << 8 | Int(rest.removeFirst())
            guard rest.count >= length else { return nil }
            defer { rest.removeFirst(length) }
            return String(decoding: rest.prefix(length), as: UTF8.self)
        }
        guard rest.popFirst() == 0x10, number() != nil, text() == "MQTT", let version = rest.popFirst(), rest.count > 3
        else { return nil }
        rest.removeFirst(3)
        if version == 5 {
            guard let length = number(), rest.count >= length else { return nil }
            rest.removeFirst(length)
        }
        return text()
    }
}
