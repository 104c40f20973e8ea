import BoboMQTT
import Foundation
import Synchronization

/// A listener that reads one packet of each connection and answers with given bytes, for what no mosquitto would say.
final class FakeBroker: Sendable {
    let url: BrokerURL
    private let socket: Int32
    private let state = Mutex(State())

    private struct State {
        var received: [[UInt8]] = []
        var open: [Int32] = []
    }

    /// - Parameter closes: Whether the connection is closed after the answer.
    init(answers: [[UInt8]], closes: Bool = false) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.socket = socket
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 8) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard listening else { throw POSIXError(.EADDRINUSE) }
        url = BrokerURL(host: "127.0.0.1", port: UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            // Closed here alone: a number closed elsewhere could be another listener's by the next accept.
            defer { close(socket) }
            for answer in answers {
                let connection = accept(socket, nil, nil)
                guard connection >= 0, let self else { return }
                self.serve(connection, answer, closes)
            }
            // Whoever comes after the last answer is not heard, till the end.
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0 else { return }
                guard let self else {
                    close(connection)
                    return
                }
                self.state.withLock { $0.open.append(connection) }
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        for connection in state.withLock({ $0.open }) { close(connection) }
    }

    /// The first bytes of each connection.
    var received: [[UInt8]] { state.withLock { $0.received } }

    private func serve(_ connection: Int32, _ answer: [UInt8], _ closes: Bool) {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(connection, &bytes, bytes.count, 0)
        state.withLock { state in
            state.received.append(Array(bytes.prefix(max(0, count))))
            if !closes { state.open.append(connection) }
        }
        send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
        if closes { close(connection) }
    }
}
