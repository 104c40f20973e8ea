import Foundation
import Synchronization

/// A server on loopback that answers as the test wants, and keeps what it was asked.
final class HTTPServer: Sendable {
    struct Request: Sendable {
        let line: String
        let head: String
        let body: String

        /// The value of a header.
        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    enum Reply: Sendable {
        case answer(Int, headers: String = "", body: String = "")
        /// Says nothing, and keeps the connection.
        case silence
        /// Closes the connection.
        case hangUp
        /// A body that never ends.
        case flood
    }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var flooded = 0
        var isOver = false
    }

    let port: Int
    private let descriptor: Int32
    private let state = Mutex(State())
    private let reply: @Sendable (Request, _ number: Int) -> Reply

    /// - Parameter reply: to the request with this number, from 1.
    init(_ reply: @escaping @Sendable (Request, _ number: Int) -> Reply = { _, _ in .answer(200) }) throws {
        self.reply = reply
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) | listen(descriptor, 64) | getsockname(descriptor, pointer, &size)
            }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        port = Int(in_port_t(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0, let self else { return }
                self.state.withLock { $0.connections += 1 }
                Thread.detachNewThread { [weak self] in
                    self?.serve(connection)
                    // A program that another test starts meanwhile may have inherited it, which closing would not end.
                    shutdown(connection, Int32(SHUT_RDWR))
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var connections: Int { state.withLock { $0.connections } }
    /// Bytes that it could send of a body that never ends.
    var flooded: Int { state.withLock { $0.flooded } }

    /// Lets go of connections that it keeps.
    func end() { state.withLock { $0.isOver = true } }

    func waitForRequests(_ count: Int, timeout: Duration = .seconds(20)) throws {
        let deadline = ContinuousClock.now + timeout
        while requests.count < count {
            guard ContinuousClock.now < deadline else {
                throw TimedOut(
                    waitedFor: "\(count) requests", timeout: timeout, found: "\(requests.map(\.line))")
            }
            poll(nil, 0, 10)
        }
    }

    private func serve(_ connection: Int32) {
        var received: [UInt8] = []
        while let request = next(connection, &received) {
            let number = state.withLock { state in
                state.requests.append(request)
                return state.requests.count
            }
            switch reply(request, number) {
            case .answer(let status, let headers, let body):
                send(
                    connection,
                    "HTTP/1.1 \(status) Said\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            case .silence:
                // Until the client has gone.
                var ready = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
                while !state.withLock({ $0.isOver }) { if poll(&ready, 1, 50) > 0 { return } }
                return
            case .hangUp: return
            case .flood:
                guard send(connection, "HTTP/1.1 200 Said\r\n\r\n") else { return }
                let text = String(repeating: "flood ", count: 10_000)
                while !state.withLock({ $0.isOver }), send(connection, text) {
                    state.withLock { $0.flooded += text.utf8.count }
                }
                return
            }
        }
    }

    private func next(_ connection: Int32, _ received: inout [UInt8]) -> Request? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            if let request = Self.cut(&received) { return request }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer[..<count]
        }
    }

    private static func cut(_ received: inout [UInt8]) -> Request? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        var request = Request(line: String(head.prefix { $0 != "\r\n" }), head: head, body: "")
        let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
        guard received.count >= end.upperBound + length else { return nil }
        request = Request(
            line: request.line, head: head,
            body: String(decoding: received[end.upperBound..<end.upperBound + length], as: UTF8.self))
        received.removeFirst(end.upperBound + length)
        return request
    }

    @discardableResult
    private func send(_ connection: Int32, _ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
