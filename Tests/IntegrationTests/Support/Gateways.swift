import BoboMQTT
import Foundation

/// Several gateways that share their runs: real processes, each in a folder of its own, on one broker, and a client that
/// hears all that the gateways say. They are killed when the test lets go of them.
final class Gateways {
    /// What the configuration says, beside the gateway's name and its peers.
    struct Setup {
        var names = ["gw-a", "gw-b"]
        var pingAfter = "300ms"
        var resyncAfter = "60s"
        var resyncInterval = "300ms"
        var rememberAge = "10m"
        var catchUp = "1s"
        var filters: [String] = []
        var copies = 1
        /// By gateway; else the partitions are divided.
        var read: [String: [String]] = [:]
        var share: String?
        /// YAML of the entries, each on a line.
        var sensors: [String] = []
        /// 32 bytes in base64; by gateway, since one may have another.
        var keys: [String: String] = [:]
        /// More lines.
        var lines: [String] = []
        var patterns: [String: String] = [:]
        /// Whether the broker's sessions outlast its stop.
        var keepsSessions = false
        /// Options of the broker, instead of its own.
        var broker: [String: String] = [:]
        /// Whether there is a relay between each gateway and the broker.
        var isRelayed = false
    }

    let setup: Setup
    let broker: BrokerProcess
    /// Hears `bobo/#`.
    private(set) var client: BrokerClient
    /// How many messages of trips the test has published.
    var said = 0
    private var marks = 0
    private(set) var processes: [String: BoboProcess] = [:]
    private(set) var relays: [String: Relay] = [:]
    private var folders: [String: TestFolder] = [:]
    /// What gateways said that have ended since.
    private var former: [String: [String]] = [:]
    private var formerOutputs: [String] = []

    init(_ setup: Setup) throws {
        self.setup = setup
        broker = try BrokerProcess(keeps: setup.keepsSessions, options: setup.broker)
        client = try Gateways.listener(broker)
        for name in setup.names {
            let folder = try TestFolder()
            folders[name] = folder
            for (pattern, yaml) in setup.patterns { try folder.write(yaml, to: "patterns/\(pattern).yaml") }
            if let key = setup.keys[name] { try folder.write(key, to: "peer.key") }
            try folder.write(configuration(of: name), to: "bobo.yaml")
            if setup.isRelayed { relays[name] = try Relay(to: broker.broker.port) }
        }
    }

    deinit {
        // One that stands still is killed all the same.
        for process in processes.values { process.send(SIGKILL) }
        for relay in relays.values { relay.close() }
    }

    private static func listener(_ broker: BrokerProcess) throws -> BrokerClient {
        // It is driven only while a test waits for something of it.
        let client = try broker.client { $0.keepAlive = 600 }
        try client.subscribe("bobo/#")
        return client
    }

    /// A new client, after the broker was away: what it hears begins anew.
    func reconnect() throws { client = try Gateways.listener(broker) }

    private func configuration(of name: String) -> String {
        let others = setup.names.filter { $0 != name }.joined(separator: ", ")
        var lines = [
            "instance: \(name)", "patterns: patterns", "broker: {keep_alive: 60s}", "stats_interval: 100ms", "peers:",
            "  ids: [\(others)]", "  ping_after: \(setup.pingAfter)", "  resync_after: \(setup.resyncAfter)",
            "  resync_interval: \(setup.resyncInterval)", "  stash_interval: 300ms",
            "  remember: {age: \(setup.rememberAge)}", "  catch_up: \(setup.catchUp)",
        ]
        if setup.keys[name] != nil { lines.append("  key_file: peer.key") }
        var partitions: [String] = []
        if !setup.filters.isEmpty { partitions.append("filters: [\(setup.filters.joined(separator: ", "))]") }
        if setup.copies != 1 { partitions.append("copies: \(setup.copies)") }
        if let read = setup.read[name] { partitions.append("read: [\(read.joined(separator: ", "))]") }
        if let share = setup.share { partitions.append("share: \(share)") }
        if !partitions.isEmpty { lines.append("partitions: {\(partitions.joined(separator: ", "))}") }
        if !setup.sensors.isEmpty { lines += ["sensors:"] + setup.sensors.map { "  - \($0)" } }
        return (lines + setup.lines).joined(separator: "\n")
    }

    // MARK: Their lives

    func start(_ name: String) throws {
        guard let folder = folders[name] else { return }
        if let before = processes[name] {
            former[name, default: []] += before.errors.lines
            formerOutputs += before.output.lines
        }
        let url = relays[name]?.url ?? broker.url
        processes[name] = try BoboProcess(["run", "--broker", url], in: folder)
    }

    /// Starts all, and waits till they share.
    func start() throws {
        for name in setup.names { try start(name) }
        try waitTillTogether()
    }

    func process(_ name: String) throws -> BoboProcess {
        guard let process = processes[name] else { throw TimedOut(waitedFor: name, timeout: .zero, found: "") }
        return process
    }

    func relay(_ name: String) throws -> Relay {
        guard let relay = relays[name] else { throw TimedOut(waitedFor: name, timeout: .zero, found: "") }
        return relay
    }

    /// SIGKILL.
    func kill(_ name: String) throws {
        try process(name).send(SIGKILL)
        _ = try process(name).waitForExit()
    }

    /// SIGSTOP.
    func pause(_ name: String) throws { try process(name).send(SIGSTOP) }

    /// SIGCONT.
    func resume(_ name: String) throws { try process(name).send(SIGCONT) }

    /// SIGTERM; they are waited for by `waitForExit`.
    func stop(_ name: String) throws { try process(name).send(SIGTERM) }

    var running: [String] { setup.names.filter { processes[$0]?.isRunning == true } }

    /// - Parameter name: nil: for all of them.
    func write(_ yaml: String, pattern: String, of name: String? = nil) throws {
        for (owner, folder) in folders where name == nil || owner == name {
            try folder.write(yaml, to: "patterns/\(pattern).yaml")
        }
    }

    // MARK: What they say

    /// All that a gateway has logged, its former lives among it.
    func log(of name: String) -> [String] { former[name, default: []] + (processes[name]?.errors.lines ?? []) }

    /// The complex events that any of them has written to its standard output: those that it publishes.
    var outputs: [String] { formerOutputs + processes.values.flatMap(\.output.lines) }

    func log(of name: String, containing part: String) -> [String] { log(of: name).filter { $0.contains(part) } }

    /// The last figures that have come since, or nil.
    func statistics(of name: String, since place: Int = 0) -> ReadJSON? {
        let topic = "bobo/stats/\(name)"
        return client.messages[place...].last { $0.topic == topic }.flatMap { try? ReadJSON($0.text) }
    }

    /// Messages of one gateway to another, that are not sealed, since a place among all that the client has heard.
    func messages(from sender: String, to receiver: String, since place: Int = 0) -> [ReadJSON] {
        client.messages[place...].filter { $0.topic == "bobo/peer/\(receiver)" }.compactMap { try? ReadJSON($0.text) }
            .filter { $0["from"].string == sender }
    }

    /// Takes all that the broker has for the client.
    /// - Returns: where the client's messages end now; what comes after it was said after the call.
    @discardableResult
    func catchUp() throws -> Int {
        marks += 1
        let mark = "\(marks)"
        try client.publish("bobo/test/mark", mark)
        try client.wait(for: "own mark") { [client] in
            client.messages.last { $0.topic == "bobo/test/mark" }?.text == mark
        }
        return client.messages.count
    }

    /// Complex events of a phenomenon, each as often as it came.
    func events(of phenomenon: String) throws -> [ReadJSON] { try client.json(on: "bobo/events/\(phenomenon)") }

    // MARK: Waiting

    func wait(for what: String, timeout: Duration = .seconds(30), _ isDone: () -> Bool) throws {
        do {
            try client.wait(for: what, timeout: timeout, isDone)
        } catch let error as TimedOut {
            throw TimedOut(waitedFor: what, timeout: timeout, found: error.found + "\n" + story)
        }
    }

    /// The last that each of them said.
    private var story: String {
        setup.names.map { name in
            (["--- \(name): \(statistics(of: name)?.description ?? "")"] + log(of: name).suffix(25))
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Waits till figures that come from now on are like that.
    @discardableResult
    func waitForStatistics(
        of name: String, _ what: String, timeout: Duration = .seconds(30), where isIt: (ReadJSON) -> Bool
    ) throws -> ReadJSON {
        let place = try catchUp()
        // No optional JSON is compared with nil: that is the JSON null.
        var found: [ReadJSON] = []
        try wait(for: "\(what) of \(name)", timeout: timeout) {
            guard let figures = statistics(of: name, since: place), isIt(figures) else { return false }
            found = [figures]
            return true
        }
        return found[0]
    }

    /// Waits till each gateway that runs takes the others for live, and each partition has its readers, the same ones for
    /// a while.
    func waitTillTogether(_ names: [String]? = nil) throws {
        let names = names ?? running
        let place = try catchUp()
        for name in names {
            try waitForStatistics(of: name, "together with \(names)") { figures in
                names.allSatisfy { other in
                    let peer = figures["peers"][other]
                    return other == name || peer["live"] == true && peer["stash"] == 0
                } && figures["partitions"].values.allSatisfy { $0.count == min(setup.copies, names.count) }
            }
        }
        guard setup.read.isEmpty, setup.share == nil else { return }
        try wait(for: "a division that stands") {
            let last = names.flatMap { name in
                client.messages[place...].filter { $0.topic == "bobo/stats/\(name)" }.suffix(4)
            }
            let divisions = Set(last.compactMap { try? ReadJSON($0.text)["partitions"].description })
            return last.count == 4 * names.count && divisions.count == 1
        }
    }

    /// Waits till each gateway that runs holds so many active runs, and has told the others all.
    func waitForActiveRuns(_ count: Int, at names: [String]? = nil) throws {
        for name in names ?? running {
            try waitForStatistics(of: name, "\(count) active runs") { figures in
                figures["runs"]["active"].number == Double(count)
                    && figures["peers"].values.allSatisfy { $0["live"] != true || $0["stash"] == 0 }
            }
        }
    }

    /// Waits till a gateway has taken so many sensors' messages in all, and has sent what came of them: the broker has
    /// handed it to the others then.
    func waitTillTaken(_ count: Int, by name: String) throws {
        try waitForStatistics(of: name, "\(count) events") { figures in
            figures["messages"]["events"] == ReadJSON(count)
                && figures["peers"].values.allSatisfy { $0["live"] != true || $0["stash"] == 0 }
        }
    }
}
