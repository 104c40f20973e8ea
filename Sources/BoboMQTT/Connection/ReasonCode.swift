import CMosquitto

/// The broker's answer to a request (MQTT 5.0, section 2.4). The return codes of 3.1.1's CONNACK are kept as those of
/// MQTT 5 that mean the same.
package struct ReasonCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let success = ReasonCode(rawValue: 0)
    /// Taken by the broker, but nobody subscribes to it.
    package static let noMatchingSubscribers = ReasonCode(rawValue: 0x10)
    package static let unsupportedProtocolVersion = ReasonCode(rawValue: 0x84)
    package static let clientIdentifierNotValid = ReasonCode(rawValue: 0x85)
    package static let badUserNameOrPassword = ReasonCode(rawValue: 0x86)
    package static let notAuthorised = ReasonCode(rawValue: 0x87)
    package static let serverUnavailable = ReasonCode(rawValue: 0x88)
    package static let banned = ReasonCode(rawValue: 0x8A)
    package static let badAuthenticationMethod = ReasonCode(rawValue: 0x8C)
    package static let sessionTakenOver = ReasonCode(rawValue: 0x8E)
    package static let topicFilterInvalid = ReasonCode(rawValue: 0x8F)
    package static let packetTooLarge = ReasonCode(rawValue: 0x95)

    /// The code of a CONNACK of 3.1.1 (section 3.2.2.3), which counts from 1.
    init(connectReturnCode code: Int32) {
        switch code {
        case 0: self = .success
        case 1: self = .unsupportedProtocolVersion
        case 2: self = .clientIdentifierNotValid
        case 3: self = .serverUnavailable
        case 4: self = .badUserNameOrPassword
        case 5: self = .notAuthorised
        default: self = ReasonCode(rawValue: UInt8(truncatingIfNeeded: code))
        }
    }

    package var isError: Bool { rawValue >= 0x80 }

    /// What a SUBACK grants, nil where it is an error.
    package var grantedQoS: QoS? { QoS(rawValue: rawValue) }

    /// libmosquitto's own words.
    package var description: String { String(cString: mosquitto_reason_string(Int32(rawValue))) }
}
