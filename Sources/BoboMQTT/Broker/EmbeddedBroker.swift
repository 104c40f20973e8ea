import Glibc

/// A private mosquitto on loopback, for who has no broker of his own, and for tests. It runs in a session of its own, so
/// that Ctrl-C reaches the owner first, and is ended by a watchdog when the owner dies, however it dies.
///
/// Starting and stopping wait, each within the bounds given; neither belongs on a thread that may not.
package final class EmbeddedBroker {
    package struct Options: Sendable {
        /// mosquitto's configuration; its `listener` and `user` lines are replaced.
        package var configuration = EmbeddedBrokerConfiguration.development
        /// Nil: a free one.
        package var port: UInt16?
        /// An existing folder for what mosquitto keeps over a stop: sessions, what waits in them, retained messages. Nil:
        /// it forgets all.
        package var persistence: String?
        /// How long mosquitto may take until it accepts connections.
        package var startTimeout = Duration.seconds(10)
        /// How long it may take to stop before it is killed.
        package var stopTimeout = Duration.seconds(5)

        package init() {}
    }

    package private(set) var port: UInt16
    private let options: Options
    private let executable: String
    /// Configuration and log.
    private let folder: TemporaryFolder
    private var process: ChildProcess?
    private var watchdog: Watchdog?

    package var url: BrokerURL { BrokerURL(host: "127.0.0.1", port: port) }

    package var isRunning: Bool { process?.isRunning ?? false }

    /// mosquitto's process, nil while it is stopped.
    package var processID: Int32? { process?.id }

    /// What mosquitto has logged last, for a message to a person.
    package var lastLogLines: [String] { folder.lastLines(of: "mosquitto.log", count: 8) }

    /// Prepares and starts a broker.
    ///
    /// - Throws: `EmbeddedBrokerError`.
    package init(_ options: Options = Options()) throws(EmbeddedBrokerError) {
        self.options = options
        guard let executable = Self.findExecutable() else { throw .notInstalled }
        self.executable = executable
        folder = try TemporaryFolder(prefix: "bobo-broker-")
        port = options.port ?? 0
        guard options.port == nil else {
            try start()
            return
        }
        // Whoever else looks for a free port may be given the same one.
        var tries = 5
        while !isRunning {
            tries -= 1
            do throws(EmbeddedBrokerError) {
                port = try LoopbackPort.free()
                try start()
            } catch .portTaken where tries > 0 {}
        }
    }

    deinit { stop() }

    /// Starts mosquitto, again on the same port after `stop` or `kill`.
    package func start() throws(EmbeddedBrokerError) {
        guard !isRunning else { return }
        if LoopbackPort.accepts(port) { throw .portTaken(port) }
        let text = EmbeddedBrokerConfiguration.text(
            options.configuration, port: port, persistence: options.persistence, isRoot: geteuid() == 0)
        try folder.write(text, to: "mosquitto.conf")
        let process = try ChildProcess(
            executable, ["-c", folder.path(of: "mosquitto.conf")], output: folder.path(of: "mosquitto.log"))
        self.process = process
        watchdog = try? Watchdog(of: process.id)
        let deadline = ContinuousClock.now + options.startTimeout
        while !LoopbackPort.accepts(port) {
            if let status = process.exitStatus {
                watchdog = nil
                self.process = nil
                let lines = lastLogLines
                if lines.contains(where: { $0.contains("Address already in use") }) { throw .portTaken(port) }
                throw .exited(status: status, lastLines: lines)
            }
            guard ContinuousClock.now < deadline else {
                kill()
                throw .notAccepting(port: port, lastLines: lastLogLines)
            }
            poll(nil, 0, 5)
        }
    }

    /// Stops mosquitto: SIGTERM, at which it stores its sessions where it has a folder for them; after `stopTimeout` SIGKILL.
    package func stop() {
        guard let process else { return }
        process.send(SIGTERM)
        if !process.waitForExit(options.stopTimeout) { process.send(SIGKILL) }
        finish(process)
    }

    /// Ends mosquitto as a crash would.
    package func kill() {
        guard let process else { return }
        process.send(SIGKILL)
        finish(process)
    }

    private func finish(_ process: ChildProcess) {
        _ = process.waitForExit(.seconds(5))
        self.process = nil
        watchdog = nil
    }

    /// Debian puts mosquitto into /usr/sbin, which is in the PATH of root only.
    static func findExecutable() -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders =
            path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]
        return folders.map { $0 + "/mosquitto" }.first { access($0, X_OK) == 0 }
    }
}

/// Why there is no private broker.
package enum EmbeddedBrokerError: Error, Hashable, Sendable, CustomStringConvertible {
    case notInstalled
    case portTaken(UInt16)
    case exited(status: Int32, lastLines: [String])
    case notAccepting(port: UInt16, lastLines: [String])
    case system(doing: String, reason: String)

    package var description: String {
        switch self {
        case .notInstalled:
            "mosquitto is not installed: `apt install mosquitto`, or name a broker with --broker mqtt://host:port"
        case .portTaken(let port): "port \(port) on loopback is taken by another process"
        case .exited(let status, let lines):
            "mosquitto ended at once (status \(status)): " + lines.joined(separator: "; ")
        case .notAccepting(let port, let lines):
            "mosquitto does not accept connections on port \(port): " + lines.joined(separator: "; ")
        case .system(let doing, let reason): "\(doing): \(reason)"
        }
    }

    static func system(_ doing: String, _ code: Int32 = errno) -> EmbeddedBrokerError {
        .system(doing: doing, reason: String(cString: strerror(code)))
    }
}
