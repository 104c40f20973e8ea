import BoboGateway
import HTTPTypes
import Hummingbird
import Synchronization

/// Who may look. Without a token whoever can connect, that is, this machine: but not a page from elsewhere that has its own
/// name lead here. With one, who gives it as a bearer token, or has given it once in the form and got a cookie for it.
struct Gatekeeper: Sendable {
    enum Verdict: Sendable {
        case welcome
        /// The name by which the server was called is none of its own.
        case misdirected
        case tokenWanted
    }

    static let cookie = "bobo_session"
    private static let sessionLength = 32

    private let token: [UInt8]?
    private let sessions = Sessions()

    init(_ token: Secret?) { self.token = token.map { Array($0.text.utf8) } }

    func verdict(_ request: Request) -> Verdict {
        guard let token else { return Gatekeeper.isOwnName(request.head.authority) ? .welcome : .misdirected }
        if let given = request.headers[.authorization], given.count > 7, given.prefix(7).lowercased() == "bearer ",
            Gatekeeper.isEqual(Array(given.dropFirst(7).utf8), token)
        {
            return .welcome
        }
        if let session = Gatekeeper.session(request), sessions.contains(session) { return .welcome }
        return .tokenWanted
    }

    /// - Parameter form: `token=…` as a form sends it.
    /// - Returns: the cookie of a new session; nil where the token is wrong.
    func enter(_ form: String) -> String? {
        guard let token, form.hasPrefix("token="),
            let given = form.dropFirst("token=".count).replacing("+", with: "%20").removingURLPercentEncoding(),
            Gatekeeper.isEqual(Array(given.utf8), token)
        else { return nil }
        let session = (0..<Gatekeeper.sessionLength).map { _ in
            String(UInt8.random(in: 0...15), radix: 16)
        }.joined()
        sessions.insert(session)
        return "\(Gatekeeper.cookie)=\(session); Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000"
    }

    private static func session(_ request: Request) -> String? {
        guard let cookies = request.headers[.cookie] else { return nil }
        for cookie in cookies.split(separator: ";") {
            let cookie = cookie.drop { $0 == " " }
            if cookie.hasPrefix("\(Gatekeeper.cookie)=") {
                return String(cookie.dropFirst(Gatekeeper.cookie.count + 1))
            }
        }
        return nil
    }

    /// Takes as long wherever the first difference is.
    private static func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// An address or `localhost`: names of others that lead here are not called by whoever means this machine.
    static func isOwnName(_ authority: String?) -> Bool {
        guard let authority else { return true }
        if authority.hasPrefix("[") { return true }
        let host = authority.prefix { $0 != ":" }.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Those who have given the token since the start.
private final class Sessions: Sendable {
    private static let maximumCount = 1000

    private let known = Mutex<[String]>([])

    func contains(_ session: String) -> Bool { known.withLock { $0.contains(session) } }

    func insert(_ session: String) {
        known.withLock { known in
            if known.count >= Sessions.maximumCount { known.removeFirst() }
            known.append(session)
        }
    }
}
