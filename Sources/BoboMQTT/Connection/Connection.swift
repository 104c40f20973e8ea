import CMosquitto
import Glibc

/// A connection to a broker through libmosquitto, driven by its owner. It has no thread of its own: the owner polls
/// `descriptor`, calls `read` when it is readable, `write` when it is writable and `wantsWrite`, and `misc` about once a
/// second. What happens comes through `onEvent` while one of these runs.
///
/// **Acknowledgments.** libmosquitto queues the PUBACK of a message as it hands the message over, and nothing that is
/// queued leaves before `write`. So an owner that reads, lets its work be done, and writes then, acknowledges only what was
/// worked upon.
///
/// One thread owns a connection; the type is not `Sendable`.
package final class Connection {
    enum Phase {
        case idle
        case connecting(until: ContinuousClock.Instant)
        case connected
        /// A DISCONNECT is queued.
        case closing
    }

    /// Message identifiers are 16 bits: far more messages under way would meet their own.
    package static let unacknowledgedLimit = 32768

    package let options: ConnectionOptions
    /// The version spoken, which is not the one asked for where the broker does not know it.
    package internal(set) var version: ProtocolVersion
    /// Called within `read`, `write` and `misc`, never within `connect` or a request. The handler may publish, subscribe
    /// and `disconnect`; after `.disconnected` also `connect`.
    package var onEvent: (ConnectionEvent) -> Void = { _ in }

    /// `struct mosquitto *`, from `init` to `deinit`.
    let handle: OpaquePointer
    var phase = Phase.idle
    /// Over MQTT 5, whether the broker takes subscription identifiers.
    package internal(set) var hasSubscriptionIdentifiers = false
    /// Over MQTT 5, how many bytes the broker takes in one packet at most (MQTT 5.0, section 3.2.2.3.6); nil: it does not say.
    package internal(set) var maximumPacketSize: UInt32?
    /// Messages of QoS 1 and 2 published and not acknowledged yet. libmosquitto keeps them over a loss and sends them again.
    package internal(set) var unacknowledged = 0

    // Set by the callbacks, taken by `end`.
    var refusal: ReasonCode?
    var lossCode: Int32?
    var logLines: [String] = []
    var verificationError: String?
    var handshake = Handshake()
    /// Events of the present call of libmosquitto, to see whether it read anything.
    var handled = 0
    /// Packets queued since the last `write`.
    var queued = 0
    var isWriting = false
    var isLogging = false
    var duplicates = DuplicateWatch()

    /// - Throws: `ConnectionOptionError` where the options cannot be taken, unreadable files among it.
    package init(_ options: ConnectionOptions) throws(ConnectionOptionError) {
        try options.check()
        _ = libraryIsReady
        self.options = options
        version = options.version
        let id = options.clientID.isEmpty ? nil : options.clientID
        guard let handle = mosquitto_new(id, options.cleanStart, nil) else {
            throw .refused(option: "client id", reason: String(cString: strerror(errno)))
        }
        self.handle = handle
        do {
            try configure()
        } catch {
            mosquitto_destroy(handle)
            throw error
        }
        setCallbacks()
    }

    /// Without a `disconnect` before, the broker sees a loss, and publishes the will.
    deinit { mosquitto_destroy(handle) }

    package var isConnected: Bool {
        if case .connected = phase { true } else { false }
    }

    /// What to poll, nil while there is no connection and none being made.
    package var descriptor: Int32? {
        if case .idle = phase { return nil }
        let socket = mosquitto_socket(handle)
        return socket >= 0 ? socket : nil
    }

    /// Whether to poll for writing, too.
    package var wantsWrite: Bool {
        switch phase {
        case .idle: false
        case .connecting where options.url.usesTLS && handshake.ended == nil:
            TLSSession(handle)?.wantsWrite ?? mosquitto_want_write(handle)
        default: mosquitto_want_write(handle) && mayWrite
        }
    }

    /// Reads what has come. One call of libmosquitto may handle several packets, so that `maximumPackets` can be exceeded
    /// by what fits into one TLS record, or by the messages of QoS 2 under way.
    ///
    /// - Returns: Whether more may be there without the descriptor being readable; call again before polling.
    package func read(maximumPackets: Int = 1000) -> Bool {
        if case .idle = phase { return false }
        if hasFailedBeforeReading() { return false }
        var left = maximumPackets
        while left > 0 {
            handled = 0
            let code = mosquitto_loop_read(handle, 1)
            let systemError = errno
            if code != 0 || lossCode != nil {
                end(code, systemError)
                return false
            }
            if handled == 0, !hasBufferedInput {
                noteHandshake(systemError)
                return false
            }
            left -= max(1, handled)
        }
        return true
    }

    /// Writes what is queued, as far as the socket takes it: acknowledgments, messages, requests.
    package func write() {
        if isInHandshake {
            // libmosquitto goes on with TLS's handshake only when it reads.
            _ = read(maximumPackets: 1)
        }
        if case .idle = phase { return }
        guard mosquitto_want_write(handle), mayWrite else { return }
        // A packet is a system call in libmosquitto; the cork makes them share segments, and wakes the broker once.
        let corked = queued > 1 ? mosquitto_socket(handle) : -1
        setCork(corked, true)
        isWriting = true
        let code = mosquitto_loop_write(handle, 1)
        let systemError = errno
        isWriting = false
        if code != 0 || lossCode != nil {
            end(code, systemError)
        } else {
            setCork(corked, false)
            queued = 0
        }
    }

    /// Sees to keep alive and to the time that connecting may take.
    package func misc() {
        switch phase {
        case .idle: return
        case .connecting(let until) where ContinuousClock.now >= until:
            drop(.timeout)
        default:
            let code = mosquitto_loop_misc(handle)
            let systemError = errno
            if code != 0 || lossCode != nil { end(code, systemError) }
        }
    }

    /// Says goodbye: what is queued goes out first, then `.disconnected(nil)` comes from `write`.
    ///
    /// - Parameter sessionExpiry: Seconds that the broker keeps the session from now on, MQTT 5 only; nil: as agreed when
    ///   connecting. It cannot be raised from 0.
    package func disconnect(sessionExpiry: UInt32? = nil) {
        switch phase {
        case .idle, .closing: return
        case .connecting: drop(nil)
        case .connected:
            phase = .closing
            var properties: OpaquePointer?
            defer { mosquitto_property_free_all(&properties) }
            if let sessionExpiry, version == .v5 {
                mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL.code, sessionExpiry)
            }
            let code = mosquitto_disconnect_v5(handle, 0, properties)
            if code != 0 { drop(nil) }
        }
    }

    /// Ends the connection at once: nothing that is queued goes out. The broker keeps the session as agreed when connecting,
    /// publishes the will, and delivers again in the next connection what has not been acknowledged.
    package func abandon() {
        if case .idle = phase { return }
        drop(nil)
    }

    private var hasBufferedInput: Bool {
        options.url.usesTLS && (TLSSession(handle)?.hasPendingInput ?? false)
    }

    private func setCork(_ socket: Int32, _ on: Bool) {
        guard socket >= 0 else { return }
        var value: Int32 = on ? 1 : 0
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// libmosquitto wants this once, before anything else, from one thread; the initialiser of a global is that.
private let libraryIsReady: Void = {
    mosquitto_lib_init()
}()
