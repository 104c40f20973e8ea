import CMosquitto
import Glibc

/// OpenSSL's view of a connection, for what libmosquitto does not tell: why a certificate was not accepted, and what is
/// still to be read of a record. libmosquitto has OpenSSL loaded, so its functions are looked up there, which spares a
/// dependency on its headers; where one is missing, the answer is nil.
struct TLSSession {
    private let session: UnsafeMutableRawPointer

    init?(_ handle: OpaquePointer) {
        guard let session = mosquitto_ssl_get(handle) else { return nil }
        self.session = session
    }

    /// Whether decrypted bytes wait that no poll will show.
    var hasPendingInput: Bool { (OpenSSL.pending?(session) ?? 0) > 0 }

    /// Whether the client's side of the handshake is still going on.
    var isInHandshake: Bool { (OpenSSL.inHandshake?(session) ?? 0) != 0 }

    /// Whether the handshake waits for the socket to be writable; nil where OpenSSL cannot be asked.
    var wantsWrite: Bool? { OpenSSL.want.map { $0(session) == 2 } }  // SSL_WRITING

    var isVersion13: Bool { (OpenSSL.version?(session) ?? 0) >= 0x0304 }  // TLS1_3_VERSION

    /// OpenSSL's reason why the broker's certificate failed, such as "certificate has expired".
    var verificationError: String? {
        guard let result = OpenSSL.verifyResult?(session), result != 0 else { return nil }
        guard let text = OpenSSL.verifyErrorText?(result) else { return "verification error \(result)" }
        return String(cString: text)
    }
}

private enum OpenSSL {
    typealias Ask = @convention(c) (UnsafeMutableRawPointer?) -> Int32
    typealias AskLong = @convention(c) (UnsafeMutableRawPointer?) -> Int
    typealias Text = @convention(c) (Int) -> UnsafePointer<CChar>?

    static let pending = function("SSL_pending", as: Ask.self)
    static let want = function("SSL_want", as: Ask.self)
    static let inHandshake = function("SSL_in_init", as: Ask.self)
    static let version = function("SSL_version", as: Ask.self)
    static let verifyResult = function("SSL_get_verify_result", as: AskLong.self)
    static let verifyErrorText = function("X509_verify_cert_error_string", as: Text.self)

    /// The types above are those of OpenSSL 1.1 and 3 (`long` is `Int` on all systems that Bobo runs on).
    private static func function<F>(_ name: String, as type: F.Type) -> F? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
}
