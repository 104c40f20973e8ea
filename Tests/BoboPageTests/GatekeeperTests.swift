import BoboGateway
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import BoboPage

/// Who may look at the page.
@Suite struct GatekeeperTests {
    private func request(_ fields: [HTTPField.Name: String] = [:], authority: String? = "127.0.0.1:9180") -> Request {
        var headers = HTTPFields()
        for (name, value) in fields { headers[name] = value }
        return Request(
            head: HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test(
        "Without a token the server is called by an address or as localhost: no name of others leads here",
        arguments: [
            ("127.0.0.1:9180", true), ("localhost", true), ("[::1]:9180", true), ("10.0.0.3", true),
            ("gw.localhost:1", true),
            ("evil.example:9180", false), ("127.0.0.1.evil.example", false), ("localhost.evil.example", false),
            ("1.2.3.400", false),
        ])
    func names(_ authority: String, _ isOwn: Bool) {
        #expect((Gatekeeper(nil).verdict(request(authority: authority)) == .welcome) == isOwn)
    }

    @Test("With a token it is wanted: as a bearer's, or once in the form, for a cookie")
    func token() throws {
        let gatekeeper = Gatekeeper(Secret("secret+secret/1=="))
        #expect(gatekeeper.verdict(request()) == .tokenWanted)
        #expect(
            gatekeeper.verdict(request([.authorization: "Bearer secret+secret/1=="], authority: "gw.example"))
                == .welcome)
        for wrong in ["Bearer secret+secret/1=", "Bearer ", "Basic secret+secret/1==", "secret+secret/1=="] {
            #expect(gatekeeper.verdict(request([.authorization: wrong])) == .tokenWanted, "\(wrong)")
        }
        #expect(gatekeeper.enter("token=wrong") == nil)
        #expect(gatekeeper.enter("secret%2Bsecret%2F1%3D%3D") == nil)
        let cookie = try #require(gatekeeper.enter("token=secret%2Bsecret%2F1%3D%3D"))
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"))
        let pair = try #require(cookie.split(separator: ";").first)
        #expect(!pair.contains("secret"))
        #expect(gatekeeper.verdict(request([.cookie: "a=b; \(pair)"])) == .welcome)
        #expect(gatekeeper.verdict(request([.cookie: "bobo_session="])) == .tokenWanted)
        #expect(Gatekeeper(Secret("another")).verdict(request([.cookie: String(pair)])) == .tokenWanted)
    }

    @Test(
        "What stands behind ? is decoded, and refused where it cannot be",
        arguments: [
            ("/?a=b%20c+d&x=%C3%BC", ["a": "b c d", "x": "ü"], true), ("/?a=%", [:], false), ("/?a=%zz", [:], false),
            ("/?a=%ff", [:], false), ("/?a=1&a=2", ["a": "1"], false), ("/?a", [:], false),
            ("/", [:], true),
        ])
    func query(_ path: String, _ values: [String: String], _ isSound: Bool) {
        let head = HTTPRequest(method: .get, scheme: "http", authority: nil, path: path)
        let query = Query(Request(head: head, body: RequestBody(buffer: ByteBuffer())))
        #expect(query.isSound == isSound)
        for (name, value) in values { #expect(query[name] == value) }
    }
}
