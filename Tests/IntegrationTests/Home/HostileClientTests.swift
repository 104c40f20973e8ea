import Foundation
import Testing

/// Clients of the page that are slow, or mean harm: clean refusals, and a gateway that goes on.
@Suite(.waiting) struct HostileClientTests {
    let site: Site

    init() throws {
        site = try Site()
        try site.pattern("each", each: "home/#")
    }

    private func start(_ http: String = "{listen: \"127.0.0.1:0\"}") throws -> (gateway: BoboProcess, port: Int) {
        try site.configure("http: \(http)")
        let gateway = try site.gateway()
        return (gateway, try gateway.pagePort())
    }

    @Test("What is no request, or a wrong one, is refused with 4xx")
    func refusals() throws {
        let (gateway, port) = try start()
        let host = "Host: 127.0.0.1\r\n"
        let requests = [
            "GET /../../etc/passwd HTTP/1.1\r\n\(host)", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n\(host)",
            "GET //etc/passwd HTTP/1.1\r\n\(host)", "GET /page.css/../../x HTTP/1.1\r\n\(host)",
            "GET /api/ HTTP/1.1\r\n\(host)",
            "GET /api/runs?phenomenon=%00&pattern=%00 HTTP/1.1\r\n\(host)",
            "GET /api/runs?phenomenon=a&phenomenon=b HTTP/1.1\r\n\(host)",
            "GET /api/picture?phenomenon=<script> HTTP/1.1\r\n\(host)",
            "POST /api/state HTTP/1.1\r\n\(host)Content-Length: 2\r\n",
            "DELETE / HTTP/1.1\r\n\(host)", "TRACE / HTTP/1.1\r\n\(host)", "OPTIONS * HTTP/1.1\r\n\(host)",
            "PUT /x HTTP/1.1\r\n\(host)",
            "GET / HTTP/1.1\r\nHost: evil.example\r\n", "GET / HTTP/9.9\r\n\(host)", "NONSENSE\r\n",
            "GET / HTTP/1.1\r\nno colon here\r\n",
            "GET / HTTP/1.1\r\n\(host)Content-Length: x\r\n",
            "GET / HTTP/1.1\r\n\(host)Content-Length: 1\r\nContent-Length: 2\r\n",
            "GET / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "\u{0}\u{1}\u{2}\r\n",
            "GET / HTTP/1.1\r\n\(host)X: \(String(repeating: "a", count: 10_000))\r\n",
            "GET / HTTP/1.1\r\n\(host)" + (0..<200).map { "X\($0): 1\r\n" }.joined(),
            "GET /\(String(repeating: "a", count: 100_000)) HTTP/1.1\r\n\(host)",
        ]
        for request in requests {
            let connection = try RawHTTP(port: port)
            connection.send(request + "\r\n")
            try connection.read(timeout: .seconds(15)) { _ in connection.answer != nil }
            let status = connection.answer?.status ?? 0
            #expect((400..<500).contains(status), "\(request.prefix(80)): \(status)")
        }
        #expect(gateway.isRunning)
        #expect(try RawHTTP.ask("GET", "/healthz", port: port).status == 200)
    }

    @Test("Many megabytes of headers, of a target or of a body are not kept")
    func endless() throws {
        let (gateway, port) = try start()
        // More than the system itself may take for a socket that nobody reads.
        let limits = try String(contentsOfFile: "/proc/sys/net/ipv4/tcp_rmem", encoding: .utf8)
        let system = try #require(limits.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) })
        let large = [UInt8](repeating: UInt8(ascii: "a"), count: 2 * system + (10 << 20))
        for begin in [
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: ", "GET /",
            "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(large.count)\r\n\r\n",
        ] {
            let connection = try RawHTTP(port: port)
            connection.send(begin)
            let before = try residentBytes(of: gateway)
            connection.send(large)
            // However much of it is read and thrown away before the connection is closed.
            #expect(try residentBytes(of: gateway) - before < large.count / 2, "\(begin.prefix(20)): it is kept")
            try connection.read()
            #expect(connection.answer.map { (400..<500).contains($0.status) } ?? connection.isClosed)
        }
        #expect(gateway.isRunning)
        #expect(try RawHTTP.ask("GET", "/healthz", port: port).status == 200)
    }

    private func residentBytes(of gateway: BoboProcess) throws -> Int {
        let pages = try String(contentsOfFile: "/proc/\(gateway.id)/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(pages[1])) * Int(getpagesize())
    }

    @Test("Whoever sends slowly, or nothing, is let go; one that does not read is, too; events go on meanwhile")
    func slow() throws {
        let (gateway, port) = try start()
        let slow = try (0..<50).map { _ in try RawHTTP(port: port) }
        for connection in slow.prefix(25) { connection.send("GET / HTTP/1.1\r\nHost: local") }
        let deaf = try RawHTTP(port: port)
        deaf.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let client = try site.listener("bobo/events/each")
        for index in 0..<20 {
            try client.publish("home/a", "\(index)")
            try client.waitForData(of: "each", index + 1, timeout: .seconds(5))
            for connection in slow.prefix(25) { connection.send("h") }
        }
        for connection in slow {
            try connection.read(timeout: .seconds(20))
            #expect(connection.isClosed)
        }
        #expect(gateway.isRunning)
        #expect(try RawHTTP.ask("GET", "/healthz", port: port).status == 200)
    }

    @Test("More connections than there may be wait, and do not harm those that are there")
    func many() throws {
        let (gateway, port) = try start()
        let stream = try RawHTTP(port: port)
        stream.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try stream.read { !$0.isEmpty }
        let idle = try (0..<300).map { _ in try RawHTTP(port: port) }
        let before = stream.received.count
        try stream.read { $0.count > before + 500 }
        // Those that say nothing are let go, so that whoever waits gets his turn.
        #expect(try RawHTTP.ask("GET", "/healthz", port: port).status == 200)
        withExtendedLifetime((gateway, idle)) {}
    }

    @Test("Beyond this machine a token is wanted: by header, or by the form, whose cookie lasts")
    func token() throws {
        try site.folder.write("a-token-of-the-test", to: "token")
        let (gateway, port) = try start("{listen: \"127.0.0.1:0\", token_file: token}")
        let page = try RawHTTP.ask("GET", "/", port: port)
        #expect(page.status == 401 && page.body.contains("<form"))
        for path in ["/api/state", "/api/events", "/metrics", "/healthz", "/page.js"] {
            #expect(try RawHTTP.ask("GET", path, port: port).status == 401, "\(path)")
        }
        #expect(
            try RawHTTP.ask("GET", "/metrics", port: port, headers: "Authorization: Bearer a-token-of-the-test\r\n")
                .status == 200)
        #expect(
            try RawHTTP.ask("GET", "/metrics", port: port, headers: "Authorization: Bearer a-token-of-the-tests\r\n")
                .status == 401)
        #expect(try RawHTTP.ask("POST", "/login", port: port, body: "token=wrong").status == 403)
        let login = try RawHTTP.ask("POST", "/login", port: port, body: "token=a-token-of-the-test")
        #expect(login.status == 303)
        let cookie = try #require(login.header("set-cookie")?.split(separator: ";").first)
        #expect(try RawHTTP.ask("GET", "/api/state", port: port, headers: "Cookie: \(cookie)\r\n").status == 200)
        withExtendedLifetime(gateway) {}
    }
}
