import PeerSimulation
import Testing

@testable import BoboSharing

/// What a gateway that comes back knows, and when. `scripts/simulate` found these interleavings.
@Suite struct WaitingTests {
    private let library: PatternLibrary

    init() throws { library = try PatternLibrary() }

    @Test func `A gateway that was away goes by the clock of those that went on, until it reads something itself`() {
        let play = library.play { $0.hasTimestamps = true }
        let reader = reader(of: "a", play)
        play.pause(reader)
        for _ in 0..<8 {
            play.run(5)
            play.publish("a", room: 1)
        }
        play.goOn(reader)
        play.run(1)
        #expect(play.steps.contains { $0.contains("active runs dropped") })
        #expect(play.activeRuns(reader) > 0)
        play.run(60)
        for id in ["a", "b", "c"] {
            #expect(play.digestFaults(id) == 0, "\(id)")
            #expect(play.activeRuns(id) == 0, "\(id)")
        }
    }

    @Test func `A gateway that stood still takes nothing before the last part of a full state that is on its way`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = library.play {
                $0.seed = seed; $0.copies = 2; $0.hasSmallMessages = true
            }
            let reader = reader(of: "c", play)
            var numbers: [Int] = []
            for room in 0..<30 {
                numbers.append(play.publish("a", room: room))
                numbers.append(play.publish("b", room: room))
            }
            play.run(0.5)
            play.pause(reader)
            // It is under way to the one that stands still, so that nothing goes after it.
            play.publish("a", room: 40)
            play.run(1)
            // It ends the first room's strict run.
            play.publish("b", room: 0)
            play.run(8)
            play.goOn(reader)
            play.run(0.03)
            let last = play.publish("c", room: 0)
            play.run(5)
            let history = [numbers[0], numbers[1], last].map { "\($0)" }
            #expect(!play.published("strict").contains { $0.history == history })
            #expect(play.published("sequence").contains { $0.history == history })
        }
    }

    private func reader(of kind: Character, _ play: Play) -> String {
        let number = play.publish(kind, room: 50)
        play.run(0.5)
        return play.readers(of: number).first ?? ""
    }

    @Test func `A partition that was cut in a stream that stands still is not said to be read from there`() {
        var taken = 0
        for seed in 1...6 as ClosedRange<UInt64> {
            let play = library.play { $0.seed = seed }
            let reader = reader(of: "c", play)
            play.run(2)
            // Nothing comes to the reader any more, nor does it notice, while the others see it go and come back.
            play.block(reader, reading: true, peers: false, for: 40)
            play.stopBroker()
            play.run(0.2)
            play.startBroker()
            play.run(3)
            let second = play.publish("c", room: 1)
            play.run(1)
            guard let taker = play.readers(of: second).first, taker != reader else { continue }
            play.kill(taker)
            play.start(taker)
            play.run(3)
            let third = play.publish("c", room: 2)
            play.run(60)
            taken += 1
            #expect(play.readers(of: third).count == 1, "seed \(seed)")
        }
        #expect(taken > 0)
    }

    // MARK: Cuts

    @Test func `While the reading connection is down nothing is cut, however often it is to be insisted on`() {
        var reading = PartitionReading(["p"], gateway: "a", life: "1", handOver: .cuts)
        func steps(_ effects: [Effect]) -> [String] { effects.map { "\($0)" } }
        _ = reading.connected(hasSession: false, isFirst: true, now: .zero)
        #expect(steps(reading.want(["p"], now: .zero) { _ in false }) == [#"subscribe("p")"#])
        #expect(steps(reading.subscribed("p", now: .zero)) == [#"publishCut("p", text: "a 1.1")"#])
        reading.lost()
        for _ in 0..<30 { #expect(reading.insist(now: .zero) { _ in false }.isEmpty) }
        #expect(reading.connected(hasSession: true, isFirst: false, now: .zero).isEmpty)
        let insisted = (0..<30).flatMap { _ in steps(reading.insist(now: .zero) { _ in false }) }
        #expect(insisted.first == #"publishCut("p", text: "a 1.2")"#)
    }

    @Test(arguments: [true, false])
    func `Who let a partition go to one that is gone by the broker's word takes it again at once`(isGone: Bool) {
        var reading = PartitionReading(["p"], gateway: "a", life: "1", handOver: .cuts)
        _ = reading.connected(hasSession: false, isFirst: true, now: .zero)
        _ = reading.want(["p"], now: .zero) { _ in false }
        _ = reading.subscribed("p", now: .zero)
        _ = reading.cut("p", "a 1.1", now: .zero)
        #expect(reading.cut("p", "b 7.3", now: .zero).count == 1)
        let effects = reading.unsubscribed("p", now: .zero) { $0 == "b" && isGone }
        #expect(effects.map { "\($0)" } == (isGone ? [#"subscribe("p")"#] : []))
    }

    @Test func `A cut that comes again, and one of before it, count no more`() {
        let last = CutName("gw a", "5e0c", 12)
        #expect(CutName(last.text).gateway == "gw a")
        #expect(CutName("gw a 5e0c.12").isRepeated(after: last))
        #expect(CutName("gw a 5e0c.9").isRepeated(after: last))
        #expect(!CutName("gw a 5e0c.13").isRepeated(after: last))
        #expect(!CutName("gw a 77.1").isRepeated(after: last))
        // Of another program, or of hand: each counts.
        #expect(CutName("gw").gateway == "gw")
        #expect(!CutName("gw").isRepeated(after: CutName("gw")))
    }
}
