import BoboPatternBuilder
import BoboTopics
import CEL
import Testing

@testable import BoboEngine

/// Patterns written in Swift on several gateways: their runs are shared as those of pattern files.
@Suite struct SharedRunTests {
    private struct Gateway {
        let engine: Engine
        private(set) var completed: [String] = []

        init(_ name: String, version: String) throws {
            let first = Group<Int>("begun")
            let pattern = try Pattern("rising", version: version, key: .level(1), data: { try $0[first][0].payload }) {
                FollowedBy(first, on: "home/+") { $0.payload > 0 }
                FollowedBy(on: "home/+", as: Int.self) { reading, run in
                    try reading.payload > run[first][0].payload
                }
                FollowedBy(on: "home/+", as: Int.self) { $0.payload == 100 }
            }
            var options = EngineOptions()
            options.replicates = true
            options.source = name
            options.gateway = name
            engine = Engine([try Phenomenon("p") { pattern }], paths: PathTable(), options: options)
        }

        func take(_ payload: String, at seconds: Int64, number: UInt64) {
            Array(payload.utf8).withUnsafeBytes { bytes in
                engine.take(
                    Message(
                        topic: "home/a", payload: bytes, arrival: seconds * 1000, isRetained: false, number: number))
            }
        }

        /// What it has for its peer.
        mutating func message() -> [PeerChange] {
            for case .complexEvent(let event) in engine.takeOutputs() { completed.append(event.data) }
            return engine.takeChanges().flatMap { change -> [PeerChange] in
                switch change.kind {
                case .started, .advanced:
                    change.runs.compactMap { engine.copy(of: $0.identifier).map(PeerChange.update) }
                case .completed: change.copies.map { .complete($0, timestamp: change.timestamp) }
                case .halted: []
                }
            }
        }
    }

    @Test("A run begun on one gateway goes on and completes on another, which reads its history with the same types")
    func shared() throws {
        var (one, two) = (try Gateway("one", version: "1"), try Gateway("two", version: "1"))
        one.take("5", at: 1, number: 1)
        two.engine.apply(one.message())
        two.take("4", at: 2, number: 1)
        two.take("7", at: 3, number: 2)
        one.engine.apply(two.message())
        one.take("100", at: 4, number: 2)
        two.engine.apply(one.message())
        _ = two.message()
        // Of the run that 4 began on the second gateway, 7 is the second event.
        #expect(one.completed.sorted() == ["4", "5"])
        #expect(two.completed.sorted() == ["4", "5"])
    }

    @Test("A peer with another version of the closures does not take the runs up")
    func otherVersion() throws {
        var (one, two) = (try Gateway("one", version: "1"), try Gateway("two", version: "2"))
        one.take("5", at: 1, number: 1)
        two.engine.apply(one.message())
        #expect(two.engine.statistics.activeRuns == 0)
    }
}
