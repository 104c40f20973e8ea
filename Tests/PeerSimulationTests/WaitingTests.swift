import PeerSimulation
import Testing

@testable import BoboSharing

/// What a gateway that comes back knows, and when. `scripts/simulate` found these interleavings.
@Suite struct WaitingTests {
    private let library: PatternLibrary

    init() throws { library = try PatternLibrary() }

    private func play(_ configure: (inout PlaySetup) -> Void = { _ in }) -> Play {
        var setup = PlaySetup()
        configure(&setup)
        let play = Play(library, setup)
        play.startAll()
        return play
    }

    @Test func `A gateway that was away goes by the clock of those that went on, until it reads something itself`() {
        let play = play { $0.hasTimestamps = true }
        play.publish("a")
        play.run(1)
        play.pause("c")
        for _ in 0..<8 {
            play.run(5)
            play.publish("a", room: 1)
        }
        play.goOn("c")
        play.run(1)
        #expect(play.steps.contains { $0.contains("active runs dropped") })
        #expect(play.activeRuns("c") > 0 && play.activeRuns("c") == play.activeRuns("a"))
        play.run(60)
        for id in ["a", "b", "c"] {
            #expect(play.digestFaults(id) == 0, "\(id)")
            #expect(play.activeRuns(id) == 0, "\(id)")
        }
    }

    @Test func `A gateway that stood still takes nothing before the last part of a full state that is on its way`() {
        for seed in 1...4 as ClosedRange<UInt64> {
            let play = play {
                $0.seed = seed; $0.copies = 2; $0.hasSmallMessages = true
            }
            for room in 0..<6 {
                play.publish("a", room: room)
                play.publish("b", room: room)
            }
            play.run(0.5)
            play.pause("c")
            // So that others are about to send it all they have.
            play.run(1)
            play.publish("b", room: 0)
            play.run(8)
            play.goOn("c")
            play.run(0.03)
            play.publish("c", room: 0)
            play.run(5)
            // The second "b" has ended it.
            #expect(!play.published("strict").contains { $0.history == ["0", "1", "13"] })
            #expect(play.published("sequence").contains { $0.history == ["0", "1", "13"] })
        }
    }

    @Test func `What another has published and forgotten is not published again for one that was away`() {
        let play = play()
        play.publish("d", value: 0)
        play.run(3)
        for kind in ["a", "b"] as [Character] {
            play.publish(kind)
            play.run(1)
        }
        play.pause("b")
        play.publish("c")
        play.run(75)
        play.goOn("b")
        play.run(20)
        #expect(play.published("sequence").map(\.history) == [["1", "2", "3"]])
    }

    @Test func `A gateway whose reading connection is down cuts nothing`() {
        let play = play { $0.gateways = 2 }
        play.drop("a", reading: true, peers: false, noticed: 0)
        play.block("a", reading: true, peers: false, for: 20)
        play.run(2)
        play.kill("b")
        play.run(15)
        let cuts = play.steps.filter { $0.contains("a cuts") }
        play.run(10)
        #expect(play.steps.filter { $0.contains("a cuts") }.count > cuts.count)
        let down = play.steps.firstIndex { $0.contains("a reads no more") }
        let up = play.steps.lastIndex { $0.contains("a reads, with") }
        if let down, let up { #expect(!play.steps[down..<up].contains { $0.contains("a cuts") }) }
        #expect(down != nil && up != nil)
        #expect(!play.readers(of: play.publish("a")).contains("b"))
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
