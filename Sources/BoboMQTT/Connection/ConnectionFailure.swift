/// Why there is no connection: it could not be made, or was lost. The texts are libmosquitto's, OpenSSL's and the
/// system's own.
package enum ConnectionFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The broker answered, and refused.
    case refused(ReasonCode)
    /// The broker's certificate is not accepted: expired, of an unknown authority, made out for another host.
    case brokerCertificate(String)
    /// The broker does not accept this client's certificate, or wants one.
    case clientCertificate(String)
    /// A file for TLS could not be taken.
    case tlsFiles(String)
    /// No TLS could be agreed upon otherwise, for instance because the port does not speak it.
    case tls(String)
    /// No broker there: the name is unknown, the port closed, the network gone.
    case unreachable(String)
    /// Nothing came of connecting within `ConnectionOptions.connectTimeout`.
    case timeout
    /// The connection was there, and is lost.
    case lost(String)
    /// The broker said nothing for the keep alive.
    case silent
    /// The broker said goodbye (MQTT 5 only), and why.
    case disconnectedByBroker(ReasonCode)
    /// The broker sent what is no MQTT, or libmosquitto could not go on.
    case protocolError(String)

    /// Whether trying again is pointless till a person has changed something. All else is a broker that is absent or gone
    /// for a while.
    package var isFinal: Bool {
        switch self {
        case .brokerCertificate, .clientCertificate, .tlsFiles: true
        case .refused(let code):
            [
                .unsupportedProtocolVersion, .clientIdentifierNotValid, .badUserNameOrPassword, .notAuthorised, .banned,
                .badAuthenticationMethod,
            ].contains(code)
        default: false
        }
    }

    package var description: String {
        switch self {
        case .refused(let code): "the broker refuses the connection: \(code)"
        case .brokerCertificate(let text): "the broker's certificate is not accepted: \(text)"
        case .clientCertificate(let text): "the broker does not accept the client certificate: \(text)"
        case .tlsFiles(let text): "a certificate or key file cannot be used: \(text)"
        case .tls(let text): "no TLS connection with the broker: \(text)"
        case .unreachable(let text): "the broker cannot be reached: \(text)"
        case .timeout: "the broker did not answer in time"
        case .lost(let text): "the connection to the broker is lost: \(text)"
        case .silent: "the connection to the broker is lost: nothing heard for the keep alive"
        case .disconnectedByBroker(let code): "the broker ended the connection: \(code)"
        case .protocolError(let text): "the broker's answer cannot be taken: \(text)"
        }
    }
}

/// Why a request could not be handed over.
package enum RequestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing was kept: the owner asks again when it is connected.
    case notConnected
    /// More than `Connection.unacknowledgedLimit` messages wait for their acknowledgment.
    case tooManyUnacknowledged(Int)
    /// Larger than MQTT (268,435,455 bytes) or the broker allows.
    case tooLarge(bytes: Int)
    case subscriptionIdentifier(UInt32)
    /// libmosquitto's own reason.
    case refused(String)

    package var description: String {
        switch self {
        case .notConnected: "there is no connection to the broker"
        case .tooManyUnacknowledged(let count): "\(count) messages wait for the broker's acknowledgment"
        case .tooLarge(let bytes): "a message of \(bytes) bytes is larger than the broker takes"
        case .subscriptionIdentifier(let value): "a subscription identifier is 1 to 268435455, not \(value)"
        case .refused(let text): "libmosquitto refuses: \(text)"
        }
    }
}
