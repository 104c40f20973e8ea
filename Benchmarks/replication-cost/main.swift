// replication-cost [spread] [loop] [keys] [resync] [--sealed]: what it costs three gateways to share their runs. Bytes are
// those to one peer; times are CPU of the protocol and what the engine does for it, of sender and of each receiver. Of a RESYNC,
// where one waits for the other, it is that of both together.
import BoboEngine
import BoboPeers

let patterns = """
    phenomenon: plant
    patterns:
      - name: spread
        blocks:
          - followed_by: topic.endsWith("start")
          - followed_by: topic.endsWith("go")
          - followed_by: topic.endsWith("stop")
      - name: loop
        blocks:
          - followed_by: topic.endsWith("first")
          - followed_by: topic.endsWith("more")
            loop: true
          - followed_by: topic.endsWith("last")
      - name: keys
        key: levels[1]
        singleton: true
        blocks:
          - followed_by: topic.endsWith("on")
          - followed_by: topic.endsWith("level")
            loop: true
          - followed_by: topic.endsWith("off")
      - name: short
        blocks:
          - followed_by: topic.endsWith("alarm")
    """
let payload = #"{"level": 71.5, "unit": "C"}"#
let ids = ["gw-a", "gw-b", "gw-c"]
let arguments = CommandLine.arguments.dropFirst()
let key: [UInt8]? = arguments.contains("--sealed") ? (0..<32).map { UInt8($0) } : nil
let wanted = arguments.filter { !$0.hasPrefix("--") }

func started(_ ids: [String] = ids) throws -> Rig {
    let rig = try Rig(ids, patterns: patterns, key: key)
    for id in ids { rig.connect(id) }
    rig.pass(.seconds(6))
    rig.cost = Rig.Cost()
    return rig
}

func microseconds(_ time: Duration, per count: Int) -> String { rounded(time / .microseconds(1) / Double(count)) }

func milliseconds(_ time: Duration) -> String { rounded(time / .milliseconds(1)) }

func rounded(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }

func report(_ name: String, _ rig: Rig, changes: Int) {
    let cost = rig.cost
    print(
        """
        \(name): \(cost.bytes / changes) bytes a change to a peer, \(cost.otherBytes / changes) back, \
        \(cost.messages) messages; sender \(microseconds(cost.sending, per: changes)) µs a change, each receiver \
        \(microseconds(cost.receiving / 2, per: changes)) µs; longest input \(milliseconds(cost.longest)) ms
        """)
}

/// The receivers hold what the sender holds.
func check(_ rig: Rig) {
    let digests = Set(ids.map { rig[$0].engine.digest() })
    precondition(digests.count == 1, "the gateways differ")
}

func spread() throws {
    let rig = try started()
    for _ in 0..<10_000 { rig.send([("plant/spread/start", payload)], to: "gw-a") }
    rig.pass(.seconds(1))
    rig.cost = Rig.Cost()
    rig.send([("plant/spread/go", payload)], to: "gw-a")
    rig.pass(.seconds(1))
    check(rig)
    report("one event moves 10000 runs", rig, changes: 10_000)
}

func loop() throws {
    for (name, batch) in [("1000 events/s", 10), ("one event a message", 1)] {
        let rig = try started()
        rig.send([("plant/loop/first", payload)], to: "gw-a")
        rig.pass(.seconds(1))
        rig.cost = Rig.Cost()
        for _ in 0..<(10_000 / batch) {
            rig.send(Array(repeating: ("plant/loop/more", payload), count: batch), to: "gw-a")
            rig.pass(.milliseconds(10))
        }
        rig.pass(.milliseconds(100))
        check(rig)
        report("a loop of 10000 events, \(name)", rig, changes: 10_000)
    }
    // The readers of three partitions take turns.
    let rig = try started()
    rig.send([("plant/loop/first", payload)], to: "gw-a")
    rig.pass(.seconds(1))
    rig.cost = Rig.Cost()
    for turn in 0..<3_000 {
        rig.send([("plant/loop/more", payload)], to: ids[turn % 3])
        rig.pass(.milliseconds(20))
    }
    check(rig)
    report("a loop of 3000 events, read in turns", rig, changes: 3_000)
}

/// Runs of a thousand keys go on, 50 changes each 10 ms.
func moveKeys(_ rig: Rig, seconds: Int) {
    for turn in 0..<(seconds * 100) {
        let events = (0..<50).map { ("plant/\((turn * 50 + $0) % 1000)/level", payload) }
        rig.send(events, to: "gw-a")
        rig.pass(.milliseconds(10))
    }
    rig.pass(.milliseconds(100))
}

func keys() throws {
    let rig = try started()
    for key in 0..<1000 { rig.send([("plant/\(key)/on", payload)], to: "gw-a") }
    rig.pass(.seconds(1))
    rig.cost = Rig.Cost()
    moveKeys(rig, seconds: 20)
    check(rig)
    report("5000 changes/s of 1000 keys", rig, changes: 100_000)
    rig.cost = Rig.Cost()
    for turn in 0..<2_000 {
        rig.send((0..<25).map { ("plant/\(turn * 25 + $0 + 10_000)/on", payload) }, to: "gw-a")
        rig.send((0..<25).map { ("plant/\(turn * 25 + $0 + 10_000)/off", payload) }, to: "gw-a")
        rig.pass(.milliseconds(10))
    }
    rig.pass(.milliseconds(100))
    check(rig)
    report("5000 changes/s, runs that begin and complete", rig, changes: 100_000)
}

func resync() throws {
    let rig = try Rig(ids, patterns: patterns, key: key)
    rig.connect("gw-a")
    rig.pass(.seconds(6))
    for number in 0..<10_000 {
        rig.send([("plant/\(number)/on", payload), ("plant/\(number)/level", payload)], to: "gw-a")
    }
    for number in 0..<1_000_000 {
        rig.send([("plant/short/alarm", payload)], to: "gw-a")
        if number % 5_000 == 0 { rig.pass(.milliseconds(500), step: .milliseconds(500)) }
    }
    rig.pass(.seconds(5))
    rig.cost = Rig.Cost()
    let start = cpuTime()
    var haveRuns: Duration?
    rig.afterMessage = { rig in
        if haveRuns == nil, rig["gw-b"].engine.activeRunCount >= 10_000 { haveRuns = cpuTime() - start }
    }
    rig.connect("gw-b")
    rig.pass(.milliseconds(10))
    let whole = cpuTime() - start
    rig.afterMessage = { _ in }
    precondition(rig["gw-b"].engine.remembered.count == rig["gw-a"].engine.remembered.count, "some are missing")
    print(
        """
        RESYNC of 10000 runs and \(rig["gw-b"].engine.remembered.count) ids: the runs after \
        \(haveRuns.map(milliseconds) ?? "-") ms, all after \(milliseconds(whole)) ms; \(rig.cost.messages) messages, \
        \(rig.cost.bytes / 1000) kB; sender \(milliseconds(rig.cost.sending)) ms, receivers and answers \
        \(milliseconds(rig.cost.receiving)) ms; longest input \(milliseconds(rig.cost.longest)) ms
        """)
    rig.connect("gw-c")
    rig.pass(.seconds(6))
    rig.cost = Rig.Cost()
    moveKeys(rig, seconds: 20)
    check(rig)
    report("5000 changes/s of 1000 keys, with 1000000 ids", rig, changes: 100_000)
}

if wanted.isEmpty || wanted.contains("spread") { try spread() }
if wanted.isEmpty || wanted.contains("loop") { try loop() }
if wanted.isEmpty || wanted.contains("keys") { try keys() }
if wanted.isEmpty || wanted.contains("resync") { try resync() }
