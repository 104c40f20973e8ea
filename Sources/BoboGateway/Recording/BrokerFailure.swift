package import BoboMQTT
import BoboYAML

/// Why a command gives its broker up.
package enum BrokerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Trying again is pointless till a person has changed something.
    case refused(BrokerURL, ConnectionFailure)
    /// Absent or gone for so long, in milliseconds.
    case absent(BrokerURL, milliseconds: Int64, ConnectionFailure)
    case subscription(filter: String, ReasonCode)
    /// Messages that the broker did not take.
    case notTaken(count: Int, ReasonCode)
    case options(ConnectionOptionError)

    package var description: String {
        switch self {
        case .refused(let url, let failure): "\(url): \(failure). \(BrokerFailure.advice(failure))"
        case .absent(let url, let milliseconds, let failure):
            "\(url) was tried for \(DurationText.text(milliseconds)): \(failure). "
                + "Start the broker, name another with --broker, or wait longer with --timeout"
        case .subscription(let filter, let code):
            "the broker refuses the subscription to \(filter): \(code). Its access rules must let this user read there"
        case .notTaken(let count, let code):
            "the broker did not take \(count) \(count == 1 ? "message" : "messages"): \(code). "
                + "Its access rules must let this user write there"
        case .options(let error): "\(error)"
        }
    }

    private static func advice(_ failure: ConnectionFailure) -> String {
        switch failure {
        case .refused(.badUserNameOrPassword), .refused(.notAuthorised):
            "Give --username and --password-file (or BOBO_BROKER_PASSWORD) as the broker knows them"
        case .refused(.unsupportedProtocolVersion):
            "Give `version` of `broker` in the configuration as the broker knows it"
        case .brokerCertificate:
            "--ca-file names the authority that signed it; the certificate must be valid today and name this host"
        case .clientCertificate:
            "Give certificate_file and key_file of `broker` in the configuration, signed by the broker's authority"
        default: "Trying again is of no use before that has changed"
        }
    }
}
