import BoboEngine
import BoboPatterns
import BoboTopics
import BoboYAML
import CEL

/// The patterns of the simulation, read once: of each kind of run there is one.
package struct PatternLibrary: Sendable {
    struct Failure: Error { let problems: [String] }

    let phenomena: [Phenomenon]
    let paths: PathTable
    let identifier: Program
    let timestamp: Program

    package init() throws {
        let paths = PathTable()
        let problems = ProblemCollector()
        phenomena = PatternFiles(paths: paths, problems: problems).load(
            texts: PatternLibrary.files.enumerated().map { ("\($0).yaml", $1) })
        guard !problems.hasErrors else { throw Failure(problems: problems.errors.map(\.description)) }
        self.paths = paths
        let environment = ExpressionEnvironment(paths: paths, groups: [])
        identifier = try environment.compile("payload.n")
        timestamp = try environment.compile("unix_millis(payload.t)")
    }

    /// The phenomenon whose pattern builds on complex events.
    static let onComplexEvents = "second"

    /// The phenomenon that has an action.
    static let withAction = "acting"

    private static let files = [
        """
        phenomenon: sequence
        patterns:
          - name: p
            key: levels[1]
            within: 30250ms
            blocks:
              - followed_by: {on: home/+/a}
              - followed_by: {on: home/+/b}
              - followed_by: {on: home/+/c}
        emit: {data: '{"n": first.payload.n}'}
        """,
        """
        phenomenon: loop
        patterns:
          - name: p
            key: levels[1]
            within: 20250ms
            blocks:
              - followed_by: {on: home/+/a, where: payload.v > 3.0}
              - followed_by: {on: home/+/b}
                loop: true
              - followed_by: {on: home/+/d}
        emit: {data: '{"n": first.payload.n}'}
        """,
        """
        phenomenon: single
        patterns:
          - name: p
            key: levels[1]
            singleton: true
            within: 15250ms
            blocks:
              - followed_by: {on: home/+/b}
              - followed_by: {on: home/+/d}
              - followed_by: {on: home/+/c}
        emit: {data: '{"n": first.payload.n}'}
        """,
        """
        phenomenon: halting
        patterns:
          - name: p
            key: levels[1]
            within: 25250ms
            haltconditions:
              - {on: home/+/d, where: payload.v > 6.0}
            blocks:
              - followed_by: {on: home/+/c}
              - followed_by: {on: home/+/b}
                unless:
                  - {on: home/+/a, where: payload.v < 2.0}
              - followed_by: {on: home/+/a}
        emit: {data: '{"n": first.payload.n}'}
        """,
        """
        phenomenon: silence
        patterns:
          - name: p
            key: levels[1]
            within: 60250ms
            blocks:
              - followed_by: {on: home/+/c}
              - absent: {on: home/+/a}
                for: 3250ms
        emit: {data: '{"n": first.payload.n}'}
        """,
        """
        phenomenon: strict
        patterns:
          - name: p
            key: levels[1]
            within: 30250ms
            blocks:
              - followed_by: {on: home/+/a}
              - next: {where: 'topic.endsWith("/b") || topic.endsWith("/c")'}
              - next: {where: 'topic.endsWith("/c") || topic.endsWith("/d")'}
            input: [home/+/a, home/+/b, home/+/c, home/+/d]
        emit: {data: '{"n": first.payload.n}'}
        """,
        """
        phenomenon: thrice
        patterns:
          - name: p
            key: levels[1]
            within: 40250ms
            blocks:
              - followed_by: {on: home/+/d, where: payload.v > 2.0}
                times: 3
        emit: {data: '{"n": first.payload.n}'}
        """,
        """
        phenomenon: second
        patterns:
          - name: p
            key: payload.data.key
            within: 30250ms
            input: [bobo/events/sequence, bobo/events/silence]
            blocks:
              - followed_by: {on: bobo/events/sequence}
              - followed_by: {on: bobo/events/silence}
        emit: {data: '{"n": first.payload.data.data.n}'}
        """,
        """
        phenomenon: acting
        patterns:
          - name: p
            key: levels[1]
            within: 10250ms
            blocks:
              - followed_by: {on: home/+/b, where: payload.v > 4.0}
              - followed_by: {on: home/+/c}
        emit: {data: '{"n": first.payload.n}'}
        actions:
          - publish: {topic: siren, payload: "on"}
        """,
    ]
}

/// A sensor's message.
struct SensorMessage {
    let number: Int
    let at: Duration
    let room: Int
    let kind: Character
    let value: Int

    var topic: String { "home/r\(room)/\(kind)" }

    var payload: [UInt8] {
        Array("{\"t\":\(LocalClock.date(at)),\"v\":\(value),\"n\":\(number)}".utf8)
    }
}

/// The messages of some rooms. Those of one room lie on a grid, each with a small shift: so they are further apart than
/// gateways need to be of one mind, and no deadline of a pattern lies near one.
struct Workload {
    static let rooms = 6
    static let grid = Duration.milliseconds(500)
    let messages: [SensorMessage]

    /// - Parameter rate: messages a second.
    init(from start: Duration, to end: Duration, rate: Double, _ random: inout SeededRandom) {
        var drafts: [(at: Duration, room: Int)] = []
        let chance = rate / Double(Workload.rooms) * Workload.grid.seconds
        for room in 0..<Workload.rooms {
            var at = start + random.duration(0...0.5)
            while at < end {
                if random.happens(chance) { drafts.append((at + random.duration(-0.03...0.03), room)) }
                at += Workload.grid
            }
        }
        messages = drafts.sorted { ($0.at, $0.room) < ($1.at, $1.room) }.enumerated().map { number, draft in
            SensorMessage(
                number: number, at: draft.at, room: draft.room,
                kind: ["a", "b", "c", "d"][Int.random(in: 0..<4, using: &random)],
                value: Int.random(in: 0..<10, using: &random))
        }
    }
}
