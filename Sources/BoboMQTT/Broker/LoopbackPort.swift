import Glibc

/// Ports on 127.0.0.1.
enum LoopbackPort {
    /// One that nobody uses at this moment, and below those that the system gives to connections: one of theirs could be
    /// taken by any connection before the broker has it, or while the broker is stopped, and who asks whether somebody
    /// listens there could reach himself (TCP's simultaneous open, RFC 9293, 3.5).
    static func free() throws(EmbeddedBrokerError) -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 10_000..<firstOfConnections)
            let socket = makeSocket()
            guard socket >= 0 else { throw .system("a socket for a free port") }
            defer { close(socket) }
            var address = loopback(port)
            if withSocketAddress(&address, { bind(socket, $0, $1) }) == 0 { return port }
        }
        throw .system("a free port on loopback", EADDRINUSE)
    }

    /// The least port that the system chooses for a connection; Linux's default where it cannot be read.
    private static let firstOfConnections: UInt16 = {
        guard let file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r") else { return 32_768 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, Int32(line.count), file) != nil else { return 32_768 }
        return UInt16(clamping: max(strtol(line, nil, 10), 11_000))
    }()

    /// Whether someone accepts connections there.
    static func accepts(_ port: UInt16) -> Bool {
        let socket = makeSocket()
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = loopback(port)
        return withSocketAddress(&address) { connect(socket, $0, $1) } == 0
    }

    private static func makeSocket() -> Int32 {
        socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withSocketAddress(
        _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        // The system's calls take any kind of address by this pointer, with its size.
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
