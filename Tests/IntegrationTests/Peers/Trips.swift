import Foundation
import Testing

/// The pattern of most of these tests: steps 1, 2, 3… of one key, in this order, on topics of the left or the right, which
/// different gateways read; step 0 calls it off.
enum Trip {
    static func pattern(steps: Int = 3, name: String = "trip") -> String {
        let blocks = (1...steps).map { "      - {followed_by: payload.step == \($0), group: step\($0)}" }
        return """
            phenomenon: \(name)
            patterns:
              - name: steps
                input: [home/left/+, home/right/+]
                key: levels[2]
                singleton: true
                haltconditions: [payload.step == 0]
                blocks:
            \(blocks.joined(separator: "\n"))
            emit:
              data: '{"key": key, "seen": history.map(e, e.payload.seq)}'
            """
    }

    static let filters = ["home/left/#", "home/right/#"]

    /// Identity where two gateways read one message.
    static let sensors = [
        "{filter: home/left/+, event_id: string(payload.seq)}", "{filter: home/right/+, event_id: string(payload.seq)}",
    ]

    /// Two gateways, of which one reads what is on the left, the other what is on the right.
    static func setup(steps: Int = 3, isRelayed: Bool = false) -> Gateways.Setup {
        var setup = Gateways.Setup()
        setup.filters = filters
        setup.read = ["gw-a": ["home/left/#"], "gw-b": ["home/right/#"]]
        setup.sensors = sensors
        setup.patterns = ["trip": pattern(steps: steps)]
        setup.isRelayed = isRelayed
        return setup
    }
}

enum Side: String { case left, right }

/// What a complex event of a trip tells.
struct TripEvent {
    let id: String
    let key: String
    /// The numbers of the messages in its history.
    let seen: [Int]
    let gateway: String
}

extension Gateways {
    /// Publishes one step, and waits for the broker's acknowledgment.
    /// - Returns: the message's number.
    @discardableResult
    func say(_ step: Int, of key: String, on side: Side) throws -> Int {
        said += 1
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        try client.publish("home/\(side.rawValue)/\(key)", #"{"step": \#(step), "seq": \#(said), "at": \#(now)}"#)
        return said
    }

    /// All complex events of trips that came, as often as they came.
    func trips(of key: String? = nil) throws -> [TripEvent] {
        try events(of: "trip").map { event in
            let data = event["data"]["data"]
            return TripEvent(
                id: event["id"].description, key: data["key"].string ?? "",
                seen: data["seen"].values.map { Int($0.number ?? -1) }, gateway: event["gateway"].string ?? "")
        }.filter { key == nil || $0.key == key }
    }

    /// Waits for the first complex event of a trip.
    @discardableResult
    func waitForTrip(of key: String, timeout: Duration = .seconds(30)) throws -> TripEvent {
        try wait(for: "trip of \(key)", timeout: timeout) { (try? trips(of: key).isEmpty) == false }
        return try #require(try trips(of: key).first)
    }

    /// Takes whole trips through the gateways that read left and right, and waits till they have come: what was to be
    /// published before has come then, too.
    func goAround(_ name: String, steps: Int = 3) throws {
        for side in [Side.left, .right] {
            let key = "\(name)-\(side)"
            for step in 1...steps { try say(step, of: key, on: side) }
            try waitForTrip(of: key)
        }
    }
}
