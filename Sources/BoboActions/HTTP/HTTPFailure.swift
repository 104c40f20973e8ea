import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Why there was no answer.
enum HTTPFailure: Sendable, CustomStringConvertible {
    case timeout(Duration)
    case connection(String)
    /// Certificates: another attempt has the same.
    case trust(String)
    case other(String)

    init(_ error: any Error) {
        switch error {
        case let error as HTTPClientError: self = HTTPFailure.of(error)
        case let error as NIOConnectionError:
            self = .connection(
                "no connection to \(error.host):\(error.port): "
                    + (error.connectionErrors.first.map { HTTPFailure.reason($0.error) } ?? "the name has no address"))
        case let error as NIOSSLError: self = HTTPFailure.of(tls: "\(error)")
        case let error as NIOSSLExtraError: self = .trust("\(error)")
        case let error as BoringSSLError: self = HTTPFailure.of(tls: "\(error)")
        case let error as IOError: self = .connection("no connection: \(HTTPFailure.reason(error))")
        case is ChannelError: self = .connection("the connection broke: \(error)")
        default: self = .connection("\(error)")
        }
    }

    /// NIO's own words are for those who look for a fault in it.
    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    private static func of(_ error: HTTPClientError) -> HTTPFailure {
        switch error {
        case .remoteConnectionClosed: .connection("the server closed the connection before it answered")
        case .connectTimeout, .tlsHandshakeTimeout, .readTimeout, .deadlineExceeded, .getConnectionFromPoolTimeout:
            .connection("no answer in time: \(error.shortDescription)")
        case .uncleanShutdown: .connection("the connection broke")
        default: .other(error.shortDescription)
        }
    }

    private static func of(tls text: String) -> HTTPFailure {
        text.contains("CERTIFICATE_VERIFY_FAILED")
            ? .trust(
                "the server's certificate is not trusted: none of the system's certificate authorities, or of SSL_CERT_FILE, has signed it, or it is of another name or out of date"
            )
            : .connection(
                "no TLS connection: \(text.prefix(300)); are there certificate authorities (ca-certificates, SSL_CERT_FILE)?"
            )
    }

    var mayBeRetried: Bool {
        switch self {
        case .timeout, .connection: true
        case .trust, .other: false
        }
    }

    var description: String {
        switch self {
        case .timeout(let duration): "no answer within \(duration)"
        case .connection(let text), .trust(let text), .other(let text): text
        }
    }
}
