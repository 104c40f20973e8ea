/// How often a message is delivered (MQTT 5.0, section 4.3).
package enum QoS: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    case atMostOnce = 0
    case atLeastOnce = 1
    case exactlyOnce = 2

    package static func < (one: QoS, two: QoS) -> Bool { one.rawValue < two.rawValue }
}

/// The version of MQTT that a connection speaks.
package enum ProtocolVersion: Hashable, Sendable, CustomStringConvertible {
    case v5
    case v311

    package var description: String {
        switch self {
        case .v5: "5"
        case .v311: "3.1.1"
        }
    }
}

/// The number by which a request (PUBLISH, SUBSCRIBE, UNSUBSCRIBE) and its answer belong together. It comes again after
/// 65,535 requests.
package typealias MessageID = UInt16
