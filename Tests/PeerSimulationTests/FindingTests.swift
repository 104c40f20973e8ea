import PeerSimulation
import Testing

/// The interleavings that broke a promise once: those that a model found before, and those that the simulator found.
@Suite struct FindingTests {
    private let library: PatternLibrary

    init() throws { library = try PatternLibrary() }

    // MARK: What waited

    @Test(arguments: [1, 2])
    func `What comes while the broker takes all readers away is read by somebody`(copies: Int) {
        let play = library.play { $0.copies = copies }
        play.stopBroker()
        play.run(3)
        let number = play.publish("a")
        play.startBroker()
        play.run(12)
        #expect(!play.readers(of: number).isEmpty)
        #expect(play.checkAtTheEnd().isEmpty)
    }

    @Test func `What lay in the sockets of a gateway that stood still counts once for the runs`() {
        let play = library.play { $0.copies = 2 }
        for id in ["a", "b", "c"] { play.pause(id) }
        play.run(0.5)
        for id in ["a", "b", "c"] { play.goOn(id) }
        play.run(1)
        play.pause("a")
        for _ in 0..<3 {
            play.run(1)
            play.publish("d")
        }
        play.run(2)
        play.goOn("a")
        play.run(8)
        #expect(Set(play.published("thrice").map(\.history)) == [["0", "1", "2"]])
        #expect(play.checkAtTheEnd().isEmpty)
    }

    @Test func `A gateway that was away for longer than ends are remembered brings nothing back`() {
        let play = library.play { $0.copies = 2 }
        play.publish("a")
        play.run(1)
        play.pause("b")
        play.run(1)
        play.publish("b")
        play.run(1)
        play.publish("c")
        play.run(70)
        play.goOn("b")
        play.run(10)
        play.publish("b")
        play.run(1)
        play.publish("c")
        play.run(8)
        #expect(play.published("sequence").map(\.history) == [["0", "1", "2"]])
        #expect(play.checkAtTheEnd().isEmpty)
    }

    @Test func `What a killed gateway had waiting is not dropped because a peer has heard of its new life`() {
        let play = library.play {
            $0.copies = 2; $0.gateways = 2
        }
        play.stop("b")
        play.run(5)
        play.kill("a")
        play.run(1)
        let number = play.publish("a")
        play.run(1)
        play.start("b")
        play.run(8)
        play.start("a")
        play.run(8)
        #expect(!play.readers(of: number).isEmpty)
    }

    @Test func `A gateway that has just started lets nothing go before it knows who reads`() {
        let play = library.play {
            $0.copies = 2; $0.gateways = 2
        }
        for id in ["a", "b"] { play.kill(id) }
        play.run(1)
        play.start("a")
        play.block("a", reading: false, peers: true, for: 4)
        play.run(3)
        let number = play.publish("a")
        play.run(9)
        #expect(play.readers(of: number) == ["a"])
    }

    // MARK: Hand-over

    @Test func `A gateway that comes back does not act on what its stand-in has read`() {
        let play = library.play()
        let numbers = (0..<6).map { _ in
            play.run(0.3)
            return play.publish("a")
        }
        let reader = play.readers(of: numbers[0])[0]
        play.kill(reader)
        play.run(2)
        let later = (0..<6).map { _ in
            play.run(0.3)
            return play.publish("a")
        }
        play.start(reader)
        play.run(8)
        for number in numbers + later { #expect(play.readers(of: number).count == 1, "\(number)") }
    }

    @Test func `A gateway that returns acts on nothing of a partition that its session had not subscribed`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = library.play {
                $0.gateways = 2; $0.seed = seed
            }
            play.kill("b")
            play.run(3)
            play.start("b")
            var numbers: [Int] = []
            for round in 0..<150 {
                play.run(0.01)
                for kind in ["a", "b", "c", "d"] as [Character] {
                    numbers.append(play.publish(kind, room: round % 6, value: 0))
                }
            }
            play.run(8)
            #expect(numbers.filter { play.readers(of: $0).count != 1 }.isEmpty)
        }
    }

    @Test
    func `What waits for a killed gateway is not dropped since a peer reads that has lost its connection unnoticed`() {
        let play = library.play {
            $0.copies = 2; $0.gateways = 2
        }
        play.publish("a", room: 1)
        play.run(1)
        play.drop("b", reading: true, peers: false, noticed: 8)
        play.run(0.5)
        play.kill("a")
        play.run(1)
        let number = play.publish("a")
        play.run(1)
        play.start("a")
        play.run(16)
        #expect(!play.readers(of: number).isEmpty)
    }

    @Test func `The last gateway to stop keeps what comes until it returns`() {
        let play = library.play { $0.gateways = 2 }
        play.stop("a")
        play.run(4)
        play.stop("b")
        play.run(4)
        #expect(!play.isUp("a") && !play.isUp("b"))
        let number = play.publish("a")
        play.run(2)
        play.start("b")
        play.run(8)
        #expect(play.readers(of: number) == ["b"])
    }

    @Test func `A gateway whose reading is held up keeps its session when it stops`() {
        let play = library.play {
            $0.gateways = 2; $0.isDividedByRoom = true
        }
        let probes = (0..<6).map { play.publish("a", room: $0) }
        play.run(1)
        guard let room = probes.firstIndex(where: { play.readers(of: $0) == ["a"] }) else {
            Issue.record("a reads nothing")
            return
        }
        play.block("a", reading: true, peers: false, for: 8)
        play.run(0.5)
        let number = play.publish("b", room: room)
        play.run(0.5)
        play.stop("a")
        play.run(10)
        play.start("a")
        play.run(8)
        #expect(play.readers(of: number).count == 1)
    }

    // MARK: Timers

    @Test func `An absent is decided once all have answered, soon after its deadline`() {
        for seed in 1...5 as ClosedRange<UInt64> {
            let play = library.play { $0.seed = seed }
            play.publish("c")
            let deadline = play.now + 3.25
            play.run(5)
            #expect(play.published("silence").count == 1)
            #expect(play.published("silence").allSatisfy { $0.at >= deadline && $0.at < deadline + 0.2 })
        }
    }

    @Test func `An absent waits for an event that another gateway has read and not told yet`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = library.play { $0.seed = seed }
            play.publish("c")
            play.run(2)
            let probe = play.publish("a", room: 1)
            play.run(0.5)
            let reader = play.readers(of: probe)[0]
            // What it reads it acts on; what it tells the others is held up beyond the deadline.
            play.block(reader, reading: false, peers: true, down: false, for: 2)
            play.run(0.3)
            play.publish("a")
            play.run(6)
            #expect(play.published("silence").isEmpty)
        }
    }

    @Test func `No absent is decided right after the broker was away: the event may wait in the session`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = library.play {
                $0.seed = seed; $0.hasTimestamps = true
            }
            play.publish("c")
            play.run(2)
            play.stopBroker()
            play.run(0.5)
            play.startBroker()
            // Before the deadline, and before anybody who reads it is back.
            let number = play.publish("a")
            play.run(12)
            #expect(!play.readers(of: number).isEmpty)
            #expect(play.published("silence").isEmpty)
            #expect(play.checkAtTheEnd().isEmpty)
        }
    }

    @Test func `Where a gateway that is to decide stands still, absents still come in the order of their deadlines`() {
        for seed in 1...6 as ClosedRange<UInt64> {
            let play = library.play {
                $0.seed = seed; $0.copies = 2
            }
            play.publish("c", room: 1)
            play.run(0.5)
            play.publish("c", room: 2)
            play.run(0.5)
            play.publish("c", room: 3)
            play.run(1)
            play.pause("a")
            play.run(4)
            play.goOn("a")
            play.run(8)
            let times = play.published("silence").sorted { $0.at < $1.at }.map(\.history)
            #expect(times == [["0"], ["1"], ["2"]])
        }
    }

    @Test func `A gateway that has read no event goes by the time of its peers' events`() {
        let play = library.play {
            $0.hasTimestamps = true; $0.isDividedByRoom = true; $0.gateways = 4
        }
        play.publish("d", room: 0)
        play.publish("a", room: 0)
        play.run(45)
        // Past their within everywhere, also where no message of a sensor was ever read.
        for id in ["a", "b", "c", "d"] { #expect(play.activeRuns(id) == 0, "\(id)") }
    }

    @Test func `A gateway whose date is set right after its start lets runs end in time`() {
        let play = library.play {
            $0.copies = 1; $0.isDividedByRoom = true
        }
        play.kill("c")
        play.run(1)
        play.setDate("c", off: -3600)
        play.start("c")
        play.run(4)
        play.setDate("c", off: 0)
        play.publish("a")
        play.run(40)
        for id in ["a", "b", "c"] { #expect(play.activeRuns(id) == 0, "\(id)") }
    }

    @Test func `A singleton's run is not halted by a gateway that has just started for one that is over`() {
        let play = library.play { $0.copies = 2 }
        play.publish("b")
        play.run(14)
        play.kill("a")
        play.run(1.5)
        play.publish("b")
        play.run(0.3)
        play.start("a")
        play.run(2)
        play.publish("d")
        play.run(1)
        play.publish("c")
        play.run(3)
        #expect(play.published("single").map(\.history) == [["1", "2", "3"]])
    }

    // MARK: Passing on

    @Test func `What a gateway told one peer alone before it was killed reaches the other`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = library.play { $0.seed = seed }
            play.block("c", reading: false, peers: true, up: false, for: 3)
            play.publish("a")
            play.run(0.1)
            let reader = play.readers(of: 0)[0]
            if reader != "c" { play.kill(reader) }
            play.run(2)
            if reader != "c" { play.start(reader) }
            play.run(12)
            #expect(play.checkAtTheEnd().isEmpty)
            for id in ["a", "b", "c"] { #expect(play.activeRuns(id) == play.activeRuns("c")) }
        }
    }

    @Test func `A gateway that starts raises no alarm about runs that are about to end`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = library.play {
                $0.seed = seed; $0.hasTimestamps = true
            }
            for _ in 0..<8 {
                play.publish("a")
                play.run(0.5)
            }
            play.kill("b")
            play.run(26)
            play.start("b")
            play.run(20)
            for id in ["a", "b", "c"] { #expect(play.digestFaults(id) == 0) }
        }
    }
}
