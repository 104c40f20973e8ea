import Foundation

/// A connection to a server on loopback that says exactly what the test wants, right or wrong.
final class RawHTTP {
    struct Answer {
        let status: Int
        let head: String
        let body: String

        /// The value of a header.
        func header(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    private let descriptor: Int32
    private(set) var received: [UInt8] = []
    /// Whether the server has closed the connection, or reset it.
    private(set) var isClosed = false

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // The system would grow its buffers to take megabytes that nobody reads.
        var size: Int32 = 1 << 16
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    /// - Returns: how many bytes the server took before it closed the connection, or before the timeout.
    @discardableResult
    func send(_ bytes: [UInt8], timeout: Duration = .seconds(10)) -> Int {
        var sent = 0
        let end = ContinuousClock.now + timeout
        while sent < bytes.count, ContinuousClock.now < end {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 100) > 0 else { continue }
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN { continue }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Reads until what has come is like that, or the server has closed the connection.
    /// - Parameter timeout: longer than the ten seconds after which the server lets go who says nothing: an answer may wait for that.
    func read(timeout: Duration = .seconds(30), until isEnough: ([UInt8]) -> Bool = { _ in false }) throws {
        let end = ContinuousClock.now + timeout
        var buffer = [UInt8](repeating: 0, count: 65536)
        while !isClosed, !isEnough(received) {
            guard ContinuousClock.now < end else {
                throw TimedOut(
                    waitedFor: "an answer", timeout: timeout,
                    found: String(decoding: received.suffix(2000), as: UTF8.self))
            }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 100) > 0 else { continue }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                isClosed = true
                return
            }
            received += buffer[..<count]
        }
    }

    /// The first answer among what has come; nil where there is none.
    var answer: Answer? {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.1 "),
            let status = Int(text.dropFirst(9).prefix(3))
        else { return nil }
        return Answer(status: status, head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
    }

    /// Asks, and reads the whole answer.
    static func ask(_ method: String = "GET", _ path: String, port: Int, headers: String = "", body: String = "") throws
        -> Answer
    {
        let connection = try RawHTTP(port: port)
        connection.send(
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\(headers)"
                + (body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n") + "\r\n" + body)
        try connection.read()
        guard let answer = connection.answer else {
            throw TimedOut(
                waitedFor: "an answer to \(method) \(path)", timeout: .zero,
                found: String(decoding: connection.received, as: UTF8.self))
        }
        return answer
    }
}

extension BoboProcess {
    /// Where its page is.
    func pagePort() throws -> Int {
        let part = "the page is at http://"
        // It may have been said before what the test has waited for.
        let said = errors.lines.first { $0.contains(part) }
        let line = try said ?? waitForLine(containing: part, timeout: .seconds(30))
        guard let port = line.firstMatch(of: #/http://[^ ]*:([0-9]+)\//#).flatMap({ Int($0.output.1) }) else {
            throw TimedOut(waitedFor: "a port", timeout: .zero, found: line)
        }
        return port
    }
}
