import Glibc

/// Ports on 127.0.0.1.
enum LoopbackPort {
    /// One that nobody uses at this moment.
    static func free() throws(EmbeddedBrokerError) -> UInt16 {
        let socket = makeSocket()
        guard socket >= 0 else { throw .system("a socket for a free port") }
        defer { close(socket) }
        var address = loopback(0)
        let bound = withSocketAddress(&address) { bind(socket, $0, $1) }
        guard bound == 0 else { throw .system("a free port on loopback") }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        guard named == 0 else { throw .system("a free port on loopback") }
        return UInt16(bigEndian: address.sin_port)
    }

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
