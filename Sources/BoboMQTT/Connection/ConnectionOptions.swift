import Glibc
package import BoboTopics

/// All that a connection to a broker is made with.
package struct ConnectionOptions: Sendable {
    /// What the broker publishes when the connection is lost without a DISCONNECT.
    package struct Will: Sendable {
        package var topic: TopicName
        package var payload: [UInt8]
        package var qos: QoS
        package var retain: Bool

        package init(topic: TopicName, payload: [UInt8], qos: QoS = .atLeastOnce, retain: Bool = false) {
            self.topic = topic
            self.payload = payload
            self.qos = qos
            self.retain = retain
        }
    }

    /// Files for `mqtts://`, in PEM. Without `authorities` the system's own are trusted.
    package struct TLSFiles: Sendable {
        package var authorities: String?
        package var certificate: String?
        /// Unencrypted: nobody is there to be asked for its password.
        package var key: String?

        package init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
        }
    }

    package var url: BrokerURL
    /// Where the broker does not know 5, the connection goes on with 3.1.1 and says so (`ConnectionEvent.fellBack`).
    package var version = ProtocolVersion.v5
    package var clientID: String
    package var username: String?
    package var password: String?
    package var tls = TLSFiles()
    /// Seconds, 5 to 65,535. A broker that says nothing for so long counts as lost.
    package var keepAlive = 10
    /// False: the broker's session of this client is taken up again, with its subscriptions and what waits in it.
    package var cleanStart = true
    /// Seconds that the broker keeps the session after a loss; over 3.1.1 it keeps it for good where `cleanStart` is
    /// false, and not at all otherwise.
    package var sessionExpiry: UInt32 = 0
    /// Messages of QoS 1 and 2 that the broker sends before it waits for their acknowledgments. Over 3.1.1 the broker
    /// decides (mosquitto: 20, where `max_inflight_messages` does not say otherwise).
    package var receiveMaximum: UInt16 = 2000
    /// Messages of QoS 1 and 2 that are sent before their acknowledgments are waited for, fewer where the broker says so; the
    /// rest wait in libmosquitto, which looks through those under way with each message.
    package var sendMaximum: UInt16 = 200
    /// Bytes of the largest packet that the broker may send (MQTT 5 only): larger ones it drops.
    package var maximumPacketSize: UInt32?
    package var will: Will?
    /// How long connecting may take, from the name's resolution to the broker's answer.
    package var connectTimeout = Duration.seconds(10)

    package init(url: BrokerURL, clientID: String) {
        self.url = url
        self.clientID = clientID
    }

    /// - Throws: `ConnectionOptionError` for what libmosquitto would refuse without saying why.
    func check() throws(ConnectionOptionError) {
        guard clientID.utf8.count <= 65535, !clientID.utf8.contains(0) else { throw .clientID }
        guard !clientID.isEmpty || cleanStart else { throw .sessionWithoutClientID }
        guard (5...65535).contains(keepAlive) else { throw .keepAlive(seconds: keepAlive) }
        guard receiveMaximum > 0, sendMaximum > 0 else { throw .zeroMaximum }
        guard password == nil || username != nil else { throw .passwordWithoutUsername }
        let texts = [username, password].compactMap { $0 }
        guard texts.allSatisfy({ $0.utf8.count <= 65535 && !$0.utf8.contains(0) }) else { throw .credentials }
        let files = [tls.authorities, tls.certificate, tls.key].compactMap { $0 }
        guard url.usesTLS || files.isEmpty else { throw .filesWithoutTLS }
        guard (tls.certificate == nil) == (tls.key == nil) else { throw .certificateWithoutKey }
        for file in files where access(file, R_OK) != 0 {
            throw .unreadable(file: file, reason: String(cString: strerror(errno)))
        }
    }
}

/// Options that no connection can be made with.
package enum ConnectionOptionError: Error, Hashable, Sendable, CustomStringConvertible {
    case clientID
    case sessionWithoutClientID
    case keepAlive(seconds: Int)
    case zeroMaximum
    case passwordWithoutUsername
    case credentials
    case filesWithoutTLS
    case certificateWithoutKey
    case unreadable(file: String, reason: String)
    case refused(option: String, reason: String)

    package var description: String {
        switch self {
        case .clientID: "a client id has at most 65535 bytes and no null character"
        case .sessionWithoutClientID: "a session that the broker keeps needs a client id"
        case .keepAlive(let seconds): "the keep alive is 5 to 65535 seconds, not \(seconds)"
        case .zeroMaximum: "receive maximum and send maximum are at least 1"
        case .passwordWithoutUsername: "a password needs a user name"
        case .credentials: "user name and password have at most 65535 bytes and no null character"
        case .filesWithoutTLS: "certificate files are for mqtts:// only"
        case .certificateWithoutKey: "a client certificate and its key come together"
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .refused(let option, let reason): "libmosquitto does not take the \(option): \(reason)"
        }
    }
}
