import Foundation
import NIOSSL

/// Whose word counts for servers' certificates: the system's certificate authorities, or, as with OpenSSL's programs, those
/// in the file that `SSL_CERT_FILE` names.
enum TrustedRoots {
    static func configuration() -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let file = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !file.isEmpty {
            configuration.trustRoots = .file(file)
        }
        return configuration
    }
}
