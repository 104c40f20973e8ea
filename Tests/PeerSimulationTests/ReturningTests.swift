import PeerSimulation
import Testing

/// Interleavings of gateways that were gone, or alone, and come back. `scripts/simulate` found them.
@Suite struct ReturningTests {
    private let library: PatternLibrary

    init() throws { library = try PatternLibrary() }

    @Test func `A gateway that finds itself alone goes on reading without a gap`() {
        let play = library.play {
            $0.copies = 2; $0.gateways = 2
        }
        play.block("b", reading: false, peers: true, for: 60)
        play.run(28)
        var numbers: [Int] = []
        for _ in 0..<60 {
            play.run(0.2)
            numbers.append(play.publish("d", value: 0))
        }
        play.run(10)
        #expect(numbers.filter { !play.readers(of: $0).contains("b") }.isEmpty)
    }

    @Test func `A gateway whose peers are all gone by the broker's word has not been away`() {
        let play = library.play {
            $0.copies = 2; $0.gateways = 2
        }
        play.kill("b")
        play.run(29)
        for kind in ["a", "b", "c"] as [Character] {
            play.publish(kind)
            play.run(1)
        }
        // While it was away it would hold what comes.
        #expect(play.published("sequence").map(\.history) == [["0", "1", "2"]])
        #expect(!play.steps.contains { $0.contains("was away") })
    }

    @Test func `A gateway that was cut off for long brings nothing back to the one that went on`() {
        let play = library.play {
            $0.copies = 2; $0.gateways = 2
        }
        play.block("b", reading: false, peers: true, for: 80)
        play.run(5)
        play.publish("c")
        play.run(0.5)
        // It has the run, and does not decide, since it may lack an event.
        play.block("b", reading: true, peers: false, for: 74)
        play.drop("b", reading: true, peers: false)
        play.run(100)
        #expect(play.published("silence").map(\.gateway) == ["a"])
        #expect(play.checkAtTheEnd().isEmpty)
    }

    @Test func `What lay in a socket for longer than ends are remembered is dropped by what others read`() {
        for seed in 1...3 as ClosedRange<UInt64> {
            let play = library.play {
                $0.copies = 2; $0.seed = seed
            }
            // Nothing comes that would show that the connection is good.
            play.run(14)
            play.pause("c")
            play.run(8)
            play.publish("c")
            play.run(66)
            play.goOn("c")
            play.run(15)
            #expect(play.published("silence").count == 1)
            #expect(play.checkAtTheEnd().isEmpty)
        }
    }

    @Test func `A gateway that starts takes what is its to read, and never all`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = library.play {
                $0.isDividedByRoom = true; $0.seed = seed
            }
            play.kill("b")
            play.run(3)
            let before = play.steps.count
            play.start("b")
            play.run(6)
            #expect(!play.steps.dropFirst(before).contains { $0.contains("b: reads 6 of 6") })
        }
    }

    @Test func `A gateway that starts acts on nothing that another reads before all that waited for it is read`() {
        let play = library.play { $0.isDividedByRoom = true }
        play.kill("b")
        play.run(3)
        play.start("b")
        // It is ready long before its mark comes back.
        play.block("b", reading: true, peers: false, up: true, down: false, for: 2)
        var numbers: [Int] = []
        for round in 0..<300 {
            play.run(0.01)
            numbers.append(play.publish("a", room: round % 6, value: 0))
        }
        play.run(8)
        #expect(numbers.filter { play.readers(of: $0).count != 1 }.isEmpty)
    }

    @Test func `A run that a gateway with a wrong date has read too is the same for all in the end`() {
        for seed in 1...6 as ClosedRange<UInt64> {
            let play = library.play {
                $0.copies = 2; $0.seed = seed
            }
            play.kill("c")
            play.run(1)
            play.setDate("c", off: -71)
            play.start("c")
            play.run(3)
            for room in 0..<6 { play.publish("c", room: room) }
            play.run(1.5)
            play.setDate("c", off: 0)
            // The runs that hold these events alone are neither ended by the wrong date nor kept for ever.
            play.run(18)
            for id in ["a", "b", "c"] {
                #expect(play.digestFaults(id) == 0, "\(id)")
                #expect(play.activeRuns(id) == 6, "\(id)")
            }
            play.run(12)
            for id in ["a", "b", "c"] { #expect(play.activeRuns(id) == 0, "\(id)") }
        }
    }

    @Test(arguments: [true, false])
    func `What comes while the one that reads by configuration is gone waits for it`(isKilled: Bool) {
        let play = library.play {
            $0.isFixed = true; $0.gateways = 2
        }
        let before = play.publish("a")
        play.run(1)
        let reader = play.readers(of: before)
        #expect(reader.count == 1)
        guard let reader = reader.first else { return }
        if isKilled { play.kill(reader) } else { play.stop(reader) }
        play.run(5)
        var numbers = [play.publish("a")]
        play.run(2)
        play.start(reader)
        for _ in 0..<50 {
            play.run(0.01)
            numbers.append(play.publish("a", value: 0))
        }
        play.run(8)
        for number in numbers { #expect(play.readers(of: number) == [reader], "\(number)") }
    }

    @Test func `A stash that overflows again and again ends in the same runs for all`() {
        let play = library.play {
            $0.stashLimit = 3; $0.copies = 2
        }
        for round in 0..<40 {
            for room in 0..<6 { play.publish(["a", "b", "c", "d"][(round + room) % 4], room: room) }
            play.run(0.5)
        }
        play.run(12)
        #expect(play.checkAtTheEnd().isEmpty)
    }
}
