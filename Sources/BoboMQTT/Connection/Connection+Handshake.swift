import CMosquitto
import Glibc

/// Where TLS's handshake stands.
struct Handshake {
    /// When the client's side was done.
    var ended: ContinuousClock.Instant?
    /// Whether the broker has sent anything since.
    var isAnswered = false
    /// The system's error in the last call, which OpenSSL may have taken from the socket.
    var systemError: Int32 = 0
}

extension Connection {
    /// How long the first packet waits for a word of the broker after the handshake.
    private static let patience = Duration.milliseconds(300)

    var isInHandshake: Bool {
        if case .connecting = phase { options.url.usesTLS } else { false }
    }

    /// In TLS 1.3 the client's side of the handshake is done before the broker has looked at the client's certificate. What
    /// is written then meets a closed socket if the broker does not like it, and the reset takes away the alert that says
    /// why. So CONNECT waits till the broker has sent an alert, or its session tickets, as OpenSSL's servers do.
    var mayWrite: Bool {
        guard isInHandshake, let session = TLSSession(handle) else { return true }
        guard let ended = handshake.ended else { return false }
        return handshake.isAnswered || !session.isVersion13 || ContinuousClock.now >= ended + Self.patience
    }

    func noteHandshake(_ systemError: Int32) {
        handshake.systemError = systemError
        guard isInHandshake, handshake.ended == nil, let session = TLSSession(handle), !session.isInHandshake else {
            return
        }
        handshake.ended = ContinuousClock.now
    }

    /// OpenSSL reports a socket that could not be connected, or was closed during the handshake, as "call again", for ever.
    /// So the socket itself is looked at before a call.
    ///
    /// - Returns: Whether the connection has been given up.
    func hasFailedBeforeReading() -> Bool {
        guard isInHandshake else { return false }
        var byte: UInt8 = 0
        let count = recv(mosquitto_socket(handle), &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        let code = count == 0 ? handshake.systemError : errno
        if count > 0 {
            // An alert can still be read after a reset.
            if handshake.ended != nil { handshake.isAnswered = true }
            return false
        }
        if count < 0, [EAGAIN, EWOULDBLOCK, EINTR].contains(code) { return false }
        if [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(code) {
            drop(.unreachable(String(cString: strerror(code))))
        } else if count < 0 {
            drop(.tls(String(cString: strerror(code))))
        } else if handshake.ended == nil {
            drop(.tls("the broker closed the connection during the handshake"))
        } else {
            // libmosquitto notices the end by itself, once it is through with the handshake.
            return false
        }
        return true
    }
}
