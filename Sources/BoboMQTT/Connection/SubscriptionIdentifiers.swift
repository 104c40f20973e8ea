import CMosquitto

/// The identifiers of the subscriptions that a copy of a message was sent for; none over 3.1.1. Valid as long as the
/// message is.
package struct SubscriptionIdentifiers {
    private let properties: OpaquePointer?

    init(_ properties: OpaquePointer?) { self.properties = properties }

    package var isEmpty: Bool { first == nil }

    package var first: UInt32? {
        var value: UInt32 = 0
        let found = mosquitto_property_read_varint(properties, MQTT_PROP_SUBSCRIPTION_IDENTIFIER.code, &value, false)
        return found == nil ? nil : value
    }

    package func contains(_ identifier: UInt32) -> Bool {
        var value: UInt32 = 0
        let code = MQTT_PROP_SUBSCRIPTION_IDENTIFIER.code
        var place = mosquitto_property_read_varint(properties, code, &value, false)
        while let found = place {
            if value == identifier { return true }
            place = mosquitto_property_read_varint(found, code, &value, true)
        }
        return false
    }
}

extension mqtt5_property {
    /// As libmosquitto's functions take it.
    var code: Int32 { Int32(bitPattern: rawValue) }
}
