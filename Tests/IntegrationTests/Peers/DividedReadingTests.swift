import Foundation
import Testing

/// The ways in which gateways share what is to be read.
@Suite(.waiting) struct DividedReadingTests {
    /// Takes trips whose steps come on either side through the gateways, so that no reader has a whole one, and expects each
    /// once.
    private func crossOver(_ gateways: Gateways, keys: Int = 8) throws {
        var expected: [String: [Int]] = [:]
        for step in 1...3 {
            for number in 1...keys {
                let side: Side = (step + number) % 2 == 0 ? .left : .right
                expected["k\(number)", default: []].append(try gateways.say(step, of: "k\(number)", on: side))
            }
            if step == 1 { try gateways.waitForActiveRuns(keys) }
            if step == 2 { try gateways.wait(for: "second steps at all") { hasTold(gateways, length: 2, keys) } }
        }
        for key in expected.keys { try gateways.waitForTrip(of: key) }
        try gateways.waitForActiveRuns(0)
        try gateways.goAround("next")
        let trips = try gateways.trips()
        #expect(trips.count == keys + 2)
        for (key, seen) in expected { #expect(try gateways.trips(of: key).map(\.seen) == [seen]) }
    }

    /// Whether the gateways have told each other of so many runs with a history of this length.
    private func hasTold(_ gateways: Gateways, length: Int, _ count: Int) -> Bool {
        let entries = gateways.setup.names.flatMap { sender in
            gateways.setup.names.filter { $0 != sender }.flatMap { receiver in
                gateways.messages(from: sender, to: receiver).flatMap { $0["updated"].values }
            }
        }
        let runs = entries.filter { $0.historyLength == length }
            .flatMap { $0["id"].string.map { [$0] } ?? $0["id"].values.compactMap(\.string) }
        return Set(runs).count >= count
    }

    @Test("Two gateways with nothing but each other's names divide the filters of the patterns")
    func defaultPartitions() throws {
        var setup = Gateways.Setup()
        setup.patterns = ["trip": Trip.pattern()]
        let gateways = try Gateways(setup)
        try gateways.start()
        let figures = try gateways.waitForStatistics(of: "gw-a", "figures") { _ in true }
        #expect(figures["partitions"]["home/left/+"].count == 1)
        #expect(figures["partitions"]["home/right/+"].count == 1)
        try crossOver(gateways)
    }

    @Test("Peers named by flags alone: --peer gw-b, --peer gw-a")
    func flags() throws {
        let site = try Site()
        try site.write(Trip.pattern(), pattern: "trip")
        let client = try site.listener("bobo/#")
        let flags = [
            "gw-a": ["--peer", "gw-b", "gw-c"], "gw-b": ["--peer", "gw-a", "--peer", "gw-c"],
            "gw-c": ["--peer", "gw-a", "gw-b"],
        ]
        let gateways = try flags.map { name, flags in try site.start(flags, instance: name) }
        for gateway in gateways {
            try gateway.waitForLine(containing: "whoever may publish to bobo/peer/")
            for _ in 1...2 { try gateway.waitForLine(containing: "is live and ready", timeout: .seconds(30)) }
        }
        for step in 1...3 {
            for number in 1...5 { try client.publish("home/left/k\(number)", #"{"step": \#(step), "seq": \#(step)}"#) }
        }
        try client.waitForData(of: "trip", 5)
        #expect(try client.data(of: "trip").count == 5)
    }

    @Test("Static reading: each gateway reads what its configuration says, and publishes what it completes")
    func staticReading() throws {
        let gateways = try Gateways(Trip.setup())
        try gateways.start()
        try crossOver(gateways)
        for trip in try gateways.trips() where trip.key.hasPrefix("next") {
            #expect(trip.gateway == (trip.key.hasSuffix("left") ? "gw-a" : "gw-b"))
        }
    }

    @Test("A shared subscription: the broker gives each message to one of them")
    func shared() throws {
        var setup = Gateways.Setup()
        setup.share = "house"
        setup.patterns = ["trip": Trip.pattern()]
        let gateways = try Gateways(setup)
        try gateways.start()
        // Two messages of one side may go to two gateways, so nothing is in the order of one reader.
        for step in 1...3 {
            for number in 1...8 { try gateways.say(step, of: "k\(number)", on: .left) }
            if step == 1 { try gateways.waitForActiveRuns(8) }
            if step == 2 { try gateways.wait(for: "second steps at all") { hasTold(gateways, length: 2, 8) } }
        }
        for number in 1...8 { try gateways.waitForTrip(of: "k\(number)") }
        try gateways.waitForActiveRuns(0)
        #expect(try gateways.trips().count == 8)
        for name in setup.names {
            let figures = try gateways.waitForStatistics(of: name, "figures") { _ in true }
            #expect(figures["messages"]["events"].number ?? 0 > 0)
        }
    }

    @Test(
        "`times: 3` with two readers, one of them 500 ms late: no run counts an event twice; with the sensors' own time it is as with one reader",
        arguments: [false, true])
    func slowReader(sensorsGiveTime: Bool) throws {
        var setup = Gateways.Setup()
        setup.filters = ["home/left/#"]
        setup.copies = 2
        setup.catchUp = "2s"
        let time = sensorsGiveTime ? ", timestamp: unix_millis(payload.at)" : ""
        setup.sensors = ["{filter: home/left/+, event_id: string(payload.seq)\(time)}"]
        func pattern(_ name: String, singleton: Bool) -> String {
            """
            phenomenon: \(name)
            patterns:
              - name: three
                input: [home/left/+]
                key: levels[2]
                singleton: \(singleton)
                blocks: [{followed_by: payload.step == 1, times: 3, group: one}]
            emit: {data: '{"key": key, "seen": one.map(e, e.payload.seq)}'}
            """
        }
        setup.patterns = ["trip": pattern("trip", singleton: false), "single": pattern("single", singleton: true)]
        setup.isRelayed = true
        let gateways = try Gateways(setup)
        try gateways.start()
        try gateways.relay("gw-b").delay(.fromBroker, of: .reading, by: .milliseconds(500))
        var seen: [String: [Int]] = [:]
        for _ in 1...20 {
            for key in ["k", "l", "m"] { seen[key, default: []].append(try gateways.say(1, of: key, on: .left)) }
        }
        // Each message but the last two of its key begins a run that takes the two after it.
        let expected = Set(seen.values.flatMap { seen in seen.indices.dropLast(2).map { Array(seen[$0...($0 + 2)]) } })
        // Where arrivals are the time, who is late may put an event into a run that has gone past it.
        try gateways.wait(for: "all trips") {
            guard let trips = try? gateways.trips() else { return false }
            return sensorsGiveTime ? expected.isSubset(of: trips.map(\.seen)) : trips.count >= expected.count
        }
        // Till the late reader has had all of it.
        for name in setup.names { try gateways.waitTillTaken(60, by: name) }
        try gateways.waitTillTogether()
        try gateways.catchUp()
        let trips = try gateways.trips()
        #expect(trips.allSatisfy { Set($0.seen).count == 3 })
        let untrue = trips.filter { !expected.contains($0.seen) }
        if sensorsGiveTime { #expect(untrue.isEmpty) }
        let repeats = Dictionary(grouping: trips, by: \.id).values.filter { $0.count > 1 }
        #expect(repeats.isEmpty, "\(repeats)")
        for single in try gateways.client.data(of: "single") {
            #expect(Set(single["seen"].values.map(\.description)).count == 3, "\(single)")
        }
    }
}
