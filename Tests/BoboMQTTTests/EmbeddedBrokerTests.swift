import BoboMQTT
import Foundation
import Testing

@Suite struct EmbeddedBrokerTests {
    @Test("Each private broker has a port of its own, on loopback")
    func ports() throws {
        let one = try EmbeddedBroker()
        let two = try EmbeddedBroker()
        #expect(one.port != two.port)
        #expect(one.url == BrokerURL(host: "127.0.0.1", port: one.port))
        #expect(try Client(one).connects.count == 1)
        #expect(try Client(two).connects.count == 1)
    }

    @Test(
        "After a stop it starts again on the same port, and has kept what it was given a folder for",
        arguments: [true, false])
    func restart(keeps: Bool) throws {
        let place = try Workplace()
        var options = EmbeddedBroker.Options()
        if keeps { options.persistence = place.path }
        let broker = try EmbeddedBroker(options)
        let port = broker.port
        let client = try Client(broker)
        try client.publish("home/x", "kept", retain: true)
        broker.stop()
        #expect(!broker.isRunning)
        try client.drive { client.losses.count == 1 }
        #expect(throws: ConnectionFailure.unreachable("Connection refused")) {
            do { try client.connection.connect() } catch { throw error }
            try client.drive { client.losses.count == 2 }
            throw client.losses[1] ?? .timeout
        }
        try broker.start()
        #expect(broker.port == port)
        try client.connect()
        try client.subscribe("home/x")
        try client.publish("home/x", "mark")
        try client.drive { client.messages.last?.text == "mark" }
        #expect(client.messages.map(\.text) == (keeps ? ["kept", "mark"] : ["mark"]))
    }

    @Test("A killed broker starts again")
    func killed() throws {
        let broker = try EmbeddedBroker()
        broker.kill()
        #expect(!broker.isRunning)
        try broker.start()
        #expect(try Client(broker).connects.count == 1)
    }

    @Test("One that ends by itself is seen to have ended")
    func endsByItself() throws {
        let broker = try EmbeddedBroker()
        let client = try Client(broker)
        Glibc.kill(try #require(broker.processID), SIGKILL)
        try client.drive { client.losses.count == 1 }
        try client.drive { !broker.isRunning }
    }

    @Test("A port that is taken is told as such")
    func taken() throws {
        let one = try EmbeddedBroker()
        var options = EmbeddedBroker.Options()
        options.port = one.port
        #expect(throws: EmbeddedBrokerError.portTaken(one.port)) { try EmbeddedBroker(options) }
    }

    @Test("A configuration that mosquitto does not take is told with its own last words")
    func badConfiguration() throws {
        var options = EmbeddedBroker.Options()
        options.configuration += "\nno_such_option 1"
        let error = try #require(throws: EmbeddedBrokerError.self) { try EmbeddedBroker(options) }
        guard case .exited(_, let lines) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(lines.contains { $0.contains("no_such_option") })
    }

    @Test("Where mosquitto is missing, it is said how to install it")
    func missing() {
        #expect(EmbeddedBrokerError.notInstalled.description.contains("apt install mosquitto"))
    }

    @Test("Nothing is left when it is released")
    func released() throws {
        var broker: EmbeddedBroker? = try EmbeddedBroker()
        let id = try #require(broker?.processID)
        broker = nil
        #expect(Glibc.kill(id, 0) == -1)
        #expect(broker == nil)
    }

    @Test("It ends when its owner is killed")
    func ownerKilled() async throws {
        let place = try Workplace()
        let path = place.path + "/id"
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let broker = try EmbeddedBroker()
            let id = try #require(broker.processID)
            try String(id).write(toFile: path, atomically: true, encoding: .utf8)
            kill(getpid(), SIGKILL)
            withExtendedLifetime(broker) {}
        }
        let id = try #require(pid_t(String(contentsOfFile: path, encoding: .utf8)))
        // Before the watchdog's SIGKILL, which would come after 5 s.
        let deadline = ContinuousClock.now + .seconds(4)
        while isRunning(id), ContinuousClock.now < deadline { poll(nil, 0, 10) }
        #expect(!isRunning(id))
    }

    /// An orphan that has ended stays in the table of processes till init takes note.
    private func isRunning(_ id: pid_t) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8) else { return false }
        return text.split(separator: ")").last?.split(separator: " ").first != "Z"
    }
}
