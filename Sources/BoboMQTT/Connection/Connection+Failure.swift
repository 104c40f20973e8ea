import CMosquitto
import Glibc

extension Connection {
    /// What libmosquitto's return code, errno at that moment, and its log mean. To be called while `phase` still says what
    /// was going on.
    func failure(_ returned: Int32, _ systemError: Int32) -> ConnectionFailure {
        if let refusal { return .refused(refusal) }
        let connecting = if case .connecting = phase { true } else { false }
        let code = lossCode ?? returned
        if code >= 0x80 { return .disconnectedByBroker(ReasonCode(rawValue: UInt8(truncatingIfNeeded: code))) }
        // An alert comes as a connection lost, its text in the log.
        if connecting, options.url.usesTLS, !logLines.isEmpty { return tlsFailure() }
        switch UInt32(bitPattern: code) {
        case MOSQ_ERR_TLS.unsigned, MOSQ_ERR_TLS_HANDSHAKE.unsigned:
            return tlsFailure()
        case MOSQ_ERR_EAI.unsigned:
            return .unreachable("\(options.url.host): \(String(cString: gai_strerror(systemError)))")
        case MOSQ_ERR_KEEPALIVE.unsigned:
            return connecting ? .timeout : .silent
        case MOSQ_ERR_PROTOCOL.unsigned, MOSQ_ERR_MALFORMED_PACKET.unsigned, MOSQ_ERR_NOMEM.unsigned,
            MOSQ_ERR_OVERSIZE_PACKET.unsigned, MOSQ_ERR_INVAL.unsigned:
            return .protocolError(String(cString: mosquitto_strerror(code)))
        case MOSQ_ERR_ERRNO.unsigned:
            let text = String(cString: strerror(systemError))
            return connecting ? .unreachable(text) : .lost(text)
        default:
            return .lost(String(cString: mosquitto_strerror(code)))
        }
    }

    private func tlsFailure() -> ConnectionFailure {
        if let line = logLines.first(where: { $0.contains("host name verification failed") }) {
            return .brokerCertificate("\(line) (\(options.url.host))")
        }
        if let verificationError { return .brokerCertificate(verificationError) }
        let own = logLines.filter { !$0.hasPrefix("OpenSSL Error") }
        let text = logLines.joined(separator: "; ")
        if !own.isEmpty { return .tlsFiles(text) }
        if logLines.contains(where: Self.isCertificateAlert) { return .clientCertificate(text) }
        return .tls(text.isEmpty ? String(cString: mosquitto_strerror(Int32(MOSQ_ERR_TLS.rawValue))) : text)
    }

    /// OpenSSL's names of the alerts by which a server refuses a client's certificate (RFC 8446, section 6.2).
    private static func isCertificateAlert(_ line: String) -> Bool {
        line.contains("alert")
            && [
                "certificate", "unknown ca", "handshake failure", "access denied",
            ].contains { line.contains($0) }
    }
}

extension mosq_err_t {
    /// As a number that a return code of the same bits compares with.
    fileprivate var unsigned: UInt32 { UInt32(bitPattern: Int32(truncatingIfNeeded: rawValue)) }
}
