import CMosquitto

// libmosquitto calls these within mosquitto_loop_read, _write and _misc, on the thread that owns the connection. The
// context is the connection, which lives at least as long as its handle, so it is borrowed without being retained.

extension Connection {
    func setCallbacks() {
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        mosquitto_connect_v5_callback_set(handle) { _, context, code, flags, properties in
            with(context) { $0.answered(code, sessionPresent: flags & 1 == 1, properties) }
        }
        mosquitto_disconnect_v5_callback_set(handle) { _, context, code, _ in
            with(context) { $0.lossCode = code }
        }
        mosquitto_message_v5_callback_set(handle) { _, context, message, properties in
            guard let message else { return }
            with(context) { $0.received(message.pointee, properties) }
        }
        mosquitto_publish_v5_callback_set(handle) { _, context, id, code, _ in
            with(context) { $0.wasPublished(MessageID(truncatingIfNeeded: id), code) }
        }
        mosquitto_subscribe_v5_callback_set(handle) { _, context, id, count, codes, _ in
            let granted = UnsafeBufferPointer(start: codes, count: Int(count))
            let reasons = granted.map { ReasonCode(rawValue: UInt8(truncatingIfNeeded: $0)) }
            with(context) { $0.tell(.subscribed(MessageID(truncatingIfNeeded: id), reasons)) }
        }
        mosquitto_unsubscribe_v5_callback_set(handle) { _, context, id, _ in
            with(context) { $0.tell(.unsubscribed(MessageID(truncatingIfNeeded: id))) }
        }
    }

    /// Listening costs an allocation a packet in libmosquitto, so it ends where nothing is to be learned.
    func watchLog(_ on: Bool) {
        isLogging = on
        guard on else { return mosquitto_log_callback_set(handle, nil) }
        mosquitto_log_callback_set(handle) { _, context, level, line in
            guard let line else { return }
            with(context) { $0.logged(level, line) }
        }
    }

    private func tell(_ event: ConnectionEvent) {
        handled += 1
        onEvent(event)
    }

    private func answered(_ code: Int32, sessionPresent: Bool, _ properties: OpaquePointer?) {
        guard code == 0 else {
            refusal = ReasonCode(connectReturnCode: code)
            return
        }
        var available: UInt8 = 1
        mosquitto_property_read_byte(properties, MQTT_PROP_SUBSCRIPTION_ID_AVAILABLE.code, &available, false)
        hasSubscriptionIdentifiers = version == .v5 && available != 0
        // 0 is no size (section 3.2.2.3.6).
        var maximumPacketSize: UInt32 = 0
        mosquitto_property_read_int32(properties, MQTT_PROP_MAXIMUM_PACKET_SIZE.code, &maximumPacketSize, false)
        self.maximumPacketSize = maximumPacketSize > 0 ? maximumPacketSize : nil
        // libmosquitto takes the broker's number, even a larger one.
        var receiveMaximum: UInt16 = .max
        mosquitto_property_read_int16(properties, MQTT_PROP_RECEIVE_MAXIMUM.code, &receiveMaximum, false)
        mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, Int32(min(receiveMaximum, options.sendMaximum)))
        phase = .connected
        if sessionPresent { duplicates.begin() } else { watchLog(false) }
        tell(.connected(sessionPresent: sessionPresent))
    }

    private func received(_ message: mosquitto_message, _ properties: OpaquePointer?) {
        guard let topic = message.topic, let qos = QoS(rawValue: UInt8(truncatingIfNeeded: message.qos)) else { return }
        if qos != .atMostOnce { queued += 1 }
        let isDuplicate = duplicates.next && qos == .atLeastOnce
        if isLogging, !duplicates.isOn { watchLog(false) }
        tell(
            .message(
                BorrowedMessage(
                    topic: UnsafePointer(topic),
                    payload: UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen)),
                    qos: qos, isRetained: message.retain, isDuplicate: isDuplicate,
                    messageID: MessageID(truncatingIfNeeded: message.mid),
                    subscriptionIdentifiers: SubscriptionIdentifiers(properties))))
    }

    private func wasPublished(_ id: MessageID, _ code: Int32) {
        // What has QoS 0 is told of as it is written, all else as its acknowledgment is read.
        if !isWriting, unacknowledged > 0 { unacknowledged -= 1 }
        tell(.published(id, ReasonCode(rawValue: UInt8(truncatingIfNeeded: code))))
    }

    private func logged(_ level: Int32, _ line: UnsafePointer<CChar>) {
        if UInt32(bitPattern: level) & UInt32(MOSQ_LOG_ERR | MOSQ_LOG_WARNING) != 0 {
            // Asked now, since libmosquitto may drop the session before it returns.
            if verificationError == nil { verificationError = TLSSession(handle)?.verificationError }
            if logLines.count < 8 { logLines.append(String(cString: line)) }
        } else {
            duplicates.take(line: line)
        }
    }
}

/// The connection that a callback belongs to.
private func with(_ context: UnsafeMutableRawPointer?, _ body: (Connection) -> Void) {
    guard let context else { return }
    Unmanaged<Connection>.fromOpaque(context)._withUnsafeGuaranteedRef { body($0) }
}
