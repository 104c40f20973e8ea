package import BoboTopics
import CMosquitto

/// What the broker sends of what it has stored when a subscription is made (MQTT 5.0, section 3.8.3.1). Over 3.1.1 always
/// all.
package enum RetainHandling: UInt8, Hashable, Sendable {
    case send = 0
    case sendWhereNew = 1
    case doNotSend = 2
}

extension Connection {
    /// Queues a message; `write` sends it. With QoS 1 and 2 it is kept and sent again over losses of the connection until
    /// `.published` tells of its acknowledgment.
    ///
    /// - Parameter contentType: Given to the readers over MQTT 5, left out over 3.1.1.
    /// - Throws: `RequestError`; nothing is kept then.
    package func publish(
        _ topic: TopicName, _ payload: UnsafeRawBufferPointer, qos: QoS = .atLeastOnce, retain: Bool = false,
        contentType: String? = nil
    ) throws(RequestError) -> MessageID {
        guard isConnected else { throw .notConnected }
        guard unacknowledged < Self.unacknowledgedLimit else { throw .tooManyUnacknowledged(unacknowledged) }
        guard let count = Int32(exactly: payload.count) else { throw .tooLarge(bytes: payload.count) }
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        if let contentType, version == .v5 {
            try check(mosquitto_property_add_string(&properties, MQTT_PROP_CONTENT_TYPE.code, contentType))
        }
        var id: Int32 = 0
        let code = mosquitto_publish_v5(
            handle, &id, topic.text, count, payload.baseAddress, Int32(qos.rawValue), retain, properties)
        if [MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_OVERSIZE_PACKET].contains(where: { $0.rawValue == code }) {
            throw .tooLarge(bytes: payload.count)
        }
        try check(code)
        queued += 1
        if qos != .atMostOnce { unacknowledged += 1 }
        return MessageID(truncatingIfNeeded: id)
    }

    package func publish(
        _ topic: TopicName, _ payload: [UInt8], qos: QoS = .atLeastOnce, retain: Bool = false,
        contentType: String? = nil
    ) throws(RequestError) -> MessageID {
        let result = payload.withUnsafeBytes { bytes in
            Result { () throws(RequestError) in
                try publish(topic, bytes, qos: qos, retain: retain, contentType: contentType)
            }
        }
        return try result.get()
    }

    /// Queues a subscription; `.subscribed` brings the broker's answer. To subscribe again to the same filter replaces the
    /// subscription.
    ///
    /// - Parameters:
    ///   - qos: See `SubscriptionPlan` on why QoS 2 is no good for a session that is kept.
    ///   - identifier: 1 to 268,435,455, comes with each copy of a message that is sent for this subscription. MQTT 5 only,
    ///     where `hasSubscriptionIdentifiers`; left out otherwise.
    ///   - retainHandling: MQTT 5 only.
    ///   - noLocal: What this connection publishes does not come back. MQTT 5 only.
    package func subscribe(
        _ filter: TopicFilter, qos: QoS = .atLeastOnce, identifier: UInt32? = nil,
        retainHandling: RetainHandling = .send, noLocal: Bool = false
    ) throws(RequestError) -> MessageID {
        guard isConnected else { throw .notConnected }
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        if let identifier {
            guard (1...268_435_455).contains(identifier) else { throw .subscriptionIdentifier(identifier) }
            if hasSubscriptionIdentifiers {
                try check(
                    mosquitto_property_add_varint(&properties, MQTT_PROP_SUBSCRIPTION_IDENTIFIER.code, identifier))
            }
        }
        let options = noLocal ? MQTT_SUB_OPT_NO_LOCAL.rawValue : 0
        var id: Int32 = 0
        let code = mosquitto_subscribe_v5(
            handle, &id, filter.text, Int32(qos.rawValue), Int32(options) | Int32(retainHandling.rawValue) << 4,
            properties)
        try check(code)
        queued += 1
        return MessageID(truncatingIfNeeded: id)
    }

    /// Queues the end of a subscription; `.unsubscribed` tells that the broker has done it.
    package func unsubscribe(_ filter: TopicFilter) throws(RequestError) -> MessageID {
        guard isConnected else { throw .notConnected }
        var id: Int32 = 0
        try check(mosquitto_unsubscribe_v5(handle, &id, filter.text, nil))
        queued += 1
        return MessageID(truncatingIfNeeded: id)
    }

    private func check(_ code: Int32) throws(RequestError) {
        guard code != 0 else { return }
        if code == MOSQ_ERR_NO_CONN.rawValue { throw .notConnected }
        throw .refused(String(cString: mosquitto_strerror(code)))
    }
}
