import BoboTopics
import CMosquitto
import Glibc

extension Connection {
    /// Begins to connect. The name is resolved before it returns; all else happens as the owner polls, and ends with
    /// `.connected` or `.disconnected`.
    ///
    /// - Throws: `ConnectionFailure` where it is clear at once; no event follows then.
    package func connect() throws(ConnectionFailure) {
        guard case .idle = phase else { return }
        refusal = nil
        lossCode = nil
        logLines = []
        verificationError = nil
        handshake = Handshake()
        handled = 0
        queued = 0
        duplicates = DuplicateWatch()
        hasSubscriptionIdentifiers = false
        mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311)
        mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(options.receiveMaximum))
        mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, Int32(options.sendMaximum))
        setConnectProperties()
        watchLog(true)
        let deadline = ContinuousClock.now + options.connectTimeout
        let code = mosquitto_connect_async(handle, options.url.host, Int32(options.url.port), Int32(options.keepAlive))
        let systemError = errno
        phase = .connecting(until: deadline)
        guard code != 0 else {
            // libmosquitto leaves it open to processes that the owner starts.
            _ = fcntl(mosquitto_socket(handle), F_SETFD, FD_CLOEXEC)
            return noteHandshake(systemError)
        }
        let failure = failure(code, systemError)
        phase = .idle
        throw failure
    }

    /// Only the function that connects in one go takes properties. Called with a port that is none, it keeps them and does
    /// nothing else; `mosquitto_connect_async` then sends them.
    private func setConnectProperties() {
        var properties: OpaquePointer?
        defer { mosquitto_property_free_all(&properties) }
        if version == .v5 {
            mosquitto_property_add_int32(
                &properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL.code, options.sessionExpiry)
            if let size = options.maximumPacketSize {
                mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE.code, size)
            }
        }
        mosquitto_connect_bind_v5(handle, options.url.host, -1, Int32(options.keepAlive), nil, properties)
    }

    func configure() throws(ConnectionOptionError) {
        // Nothing is written but by `mosquitto_loop_write`.
        try check(mosquitto_threaded_set(handle, true), "external loop")
        // Requests are to leave at once; `write` sees to it that many share a segment.
        try check(mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY")
        if let username = options.username {
            try check(mosquitto_username_pw_set(handle, username, options.password), "user name and password")
        }
        if let will = options.will {
            let code = will.payload.withUnsafeBytes {
                mosquitto_will_set_v5(
                    handle, will.topic.text, Int32(clamping: $0.count), $0.baseAddress, Int32(will.qos.rawValue),
                    will.retain,
                    nil)
            }
            try check(code, "will")
        }
        guard options.url.usesTLS else { return }
        let tls = options.tls
        if tls.authorities == nil {
            try check(mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1), "system's CAs")
        }
        guard tls.authorities != nil || tls.certificate != nil else { return }
        // Without a callback OpenSSL would ask for the password of an encrypted key on the terminal.
        let code = mosquitto_tls_set(
            handle, tls.authorities, tls.authorities == nil ? "/etc/ssl/certs" : nil, tls.certificate, tls.key,
            { _, _, _, _ in 0 })
        try check(code, "TLS files")
    }

    private func check(_ code: Int32, _ option: String) throws(ConnectionOptionError) {
        guard code != 0 else { return }
        throw .refused(option: option, reason: String(cString: mosquitto_strerror(code)))
    }

    /// Ends a connection that libmosquitto still holds. It has no call that closes a socket without a DISCONNECT, so the
    /// socket is shut down here, and closed by it when it connects anew or is destroyed.
    func drop(_ failure: ConnectionFailure?) {
        let socket = mosquitto_socket(handle)
        if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
        phase = .idle
        onEvent(.disconnected(failure))
    }

    /// libmosquitto has given up the connection, with `code` or by its disconnect callback.
    func end(_ code: Int32, _ systemError: Int32) {
        let failure = failure(code, systemError)
        let wasConnecting = if case .connecting = phase { true } else { false }
        let wasClosing = if case .closing = phase { true } else { false }
        phase = .idle
        if wasConnecting, version == .v5, isOfOlderBroker(code) {
            version = .v311
            onEvent(.fellBack(.v311))
            do throws(ConnectionFailure) {
                try connect()
            } catch {
                onEvent(.disconnected(error))
            }
            return
        }
        onEvent(.disconnected(wasClosing ? nil : failure))
    }

    /// A broker that knows only 3.1.1 refuses the version, or answers with a CONNACK that is too short for MQTT 5.
    private func isOfOlderBroker(_ code: Int32) -> Bool {
        if let refusal { return refusal == .unsupportedProtocolVersion }
        return [MOSQ_ERR_PROTOCOL, MOSQ_ERR_MALFORMED_PACKET].contains { $0.rawValue == code }
    }
}
