import BoboEngine
import Testing

@testable import BoboPeers

@Suite struct HandOverTests {
    /// A stream as the broker has it: messages and cuts in one order, read by readers that lag as they like.
    private final class Stream {
        enum Item: Equatable {
            case message(Int)
            case cut(String)
        }

        final class Reader {
            var state: CutReader
            let id: String
            var place: Int?
            var queue: [Item] = []
            var acted: [Int] = []
            var pending: [CutReader.Step] = []

            init(_ id: String) {
                self.id = id
                state = CutReader(gateway: id, hasSession: false)
            }
        }

        var readers: [Reader]
        private var next = 0

        init(_ ids: [String]) { readers = ids.map(Reader.init) }

        func send() {
            next += 1
            deliver(.message(next))
        }

        var count: Int { next }

        private func deliver(_ item: Item) {
            for reader in readers where reader.place != nil { reader.queue.append(item) }
        }

        /// A step that the broker is asked for is carried out some time later.
        func advance(_ reader: Reader) {
            guard !reader.pending.isEmpty else { return }
            switch reader.pending.removeFirst() {
            case .subscribe:
                reader.place = 0
                reader.pending += reader.state.subscribed()
            case .publishCut: deliver(.cut(reader.id))
            case .unsubscribe:
                reader.place = nil
                reader.pending += reader.state.unsubscribed()
            case .acknowledgeCut: break
            }
        }

        func read(_ reader: Reader) {
            guard !reader.queue.isEmpty else { return }
            switch reader.queue.removeFirst() {
            case .message(let number): if reader.state.acts { reader.acted.append(number) }
            case .cut(let id): reader.pending += reader.state.cut(naming: id)
            }
        }
    }

    @Test func `However readers lag and cuts cross, each message is acted on once`() {
        for seed in 1...500 as ClosedRange<UInt64> {
            var random = SeededRandom(seed)
            let stream = Stream(["a", "b", "c"])
            stream.readers[0].pending += stream.readers[0].state.want(true)
            // The first one reads before anything is sent.
            for _ in 0..<4 {
                stream.advance(stream.readers[0])
                stream.read(stream.readers[0])
            }
            for _ in 0..<400 {
                let reader = stream.readers[Int.random(in: 0..<3, using: &random)]
                switch Int.random(in: 0..<40, using: &random) {
                case 0:
                    for other in stream.readers { other.pending += other.state.want(other.id == reader.id) }
                case 1..<10: stream.send()
                case 10..<20: stream.advance(reader)
                default: stream.read(reader)
                }
            }
            for _ in 0..<2000 {
                for reader in stream.readers {
                    stream.advance(reader)
                    stream.read(reader)
                }
            }
            let acted = stream.readers.flatMap(\.acted).sorted()
            #expect(acted == Array(1...max(1, stream.count)), "seed \(seed)")
            #expect(stream.readers.count { $0.state.acts } == 1, "seed \(seed)")
        }
    }

    @Test func `At a start what the session holds is acted on until a cut names another`() {
        var reader = CutReader(gateway: "a", hasSession: true)
        #expect(reader.acts)
        #expect(reader.cut(naming: "b") == [.unsubscribe])
        #expect(!reader.acts)
        // The cut is acknowledged after the end of the subscription only.
        #expect(reader.unsubscribed() == [.acknowledgeCut])
    }

    @Test func `One whose own cut is under way stays subscribed until it has read it`() {
        var reader = CutReader(gateway: "a", hasSession: false)
        #expect(reader.want(true) == [.subscribe])
        #expect(reader.subscribed() == [.publishCut])
        #expect(reader.cut(naming: "b") == [.acknowledgeCut])
        #expect(!reader.acts)
        #expect(reader.cut(naming: "a") == [])
        #expect(reader.acts)
    }

    // MARK: Messages that waited

    private func pair() -> Network {
        let network = Network(["a", "b"])
        network.start()
        network.with("b") { peers, moment, runs in
            peers.reads(["home/#": moment.now - .seconds(100)], at: moment, runs)
        }
        network.run(for: .seconds(1))
        return network
    }

    @Test func `What waited is held until every peer that is online has answered since`() {
        let network = pair()
        var waited = WaitedMessages()
        network.blocked = [["b", "a"]]
        waited.begin(lastGood: network.now - .seconds(3), now: network.now)
        network.with("a") { peers, moment, runs in peers.ask(at: moment, runs) }
        network.run(for: .milliseconds(100))
        waited.markReturned(waited.mark)
        var isDecided = waited.advance(network["a"].peers, now: network.now)
        #expect(!isDecided)
        network.blocked = []
        network.run(for: .seconds(5))
        isDecided = waited.advance(network["a"].peers, now: network.now)
        #expect(isDecided)
        // The other has read for longer than this one has not.
        #expect(waited.isDropped("home/#", network["a"].peers))
        #expect(!waited.isDropped("garden/#", network["a"].peers))
    }

    @Test func `What nobody read longer than the gap is an event: after a restart of the broker no reader drops`() {
        let network = pair()
        network.with("b") { peers, moment, runs in peers.reads([:], at: moment, runs) }
        network.run(for: .seconds(5))
        network.with("b") { peers, moment, runs in peers.reads(["home/#": moment.now], at: moment, runs) }
        var waited = WaitedMessages()
        waited.begin(lastGood: network.now - .seconds(5), now: network.now)
        network.with("a") { peers, moment, runs in peers.ask(at: moment, runs) }
        network.run(for: .seconds(1))
        waited.markReturned(waited.mark)
        let isDecided = waited.advance(network["a"].peers, now: network.now)
        #expect(isDecided)
        #expect(!waited.isDropped("home/#", network["a"].peers))
    }

    @Test func `A peer that does not answer is waited for 5 s`() {
        let network = pair()
        network.blocked = [["b", "a"]]
        var waited = WaitedMessages()
        waited.begin(lastGood: network.now, now: network.now)
        waited.markReturned(waited.mark)
        network.run(for: .seconds(4))
        var isDecided = waited.advance(network["a"].peers, now: network.now)
        #expect(!isDecided)
        network.run(for: .seconds(2))
        isDecided = waited.advance(network["a"].peers, now: network.now)
        #expect(isDecided)
        #expect(!waited.isDropped("home/#", network["a"].peers))
    }

    // MARK: Answers

    @Test func `A peer has answered in full once all that it changed before is here`() {
        let network = pair()
        network.blocked = [["b", "a"]]
        for number in 0..<5 { network.act("b") { $0.move(FakeRuns.run("\(number)"), $0.event()) } }
        network.run(for: .seconds(1))
        let asked = network.now
        network.with("a") { peers, moment, runs in peers.ask(at: moment, runs) }
        network.run(for: .seconds(1))
        #expect(!network["a"].peers.haveAllLiveAnsweredInFull(since: asked))
        network.blocked = []
        network.run(for: .seconds(10))
        #expect(network["a"].peers.haveAllLiveAnsweredInFull(since: asked))
        #expect(network["a"].runs.active.count == 5)
    }

    @Test func `A batch of changes is acknowledged once a live peer has it whole`() {
        let network = pair()
        var batch = 0
        network.with("a") { peers, moment, runs in
            batch = peers.take([runs.move(FakeRuns.run("1"), runs.event())], at: moment, runs)
        }
        #expect(network["a"].peers.acknowledgedBatch == batch - 1)
        network.run(for: .milliseconds(100))
        #expect(network["a"].peers.acknowledgedBatch == batch)
        network.kill("b")
        #expect(network["a"].peers.acknowledgedBatch == nil)
    }

    @Test func `A gateway whose own cut comes once more after another's reads again`() {
        var reader = CutReader(gateway: "a", hasSession: false)
        _ = reader.want(true)
        _ = reader.subscribed()
        _ = reader.cut(naming: "a")
        _ = reader.cut(naming: "b")
        #expect(reader.cut(naming: "a") == [])
        #expect(reader.unsubscribed() == [.acknowledgeCut, .subscribe])
        #expect(reader.subscribed() == [.publishCut])
    }

    @Test func `A cut that waits for the broker is not published a second time`() {
        var reader = CutReader(gateway: "a", hasSession: false)
        _ = reader.want(true)
        #expect(reader.subscribed() == [.publishCut])
        #expect(reader.reconnected() == [])
        #expect(reader.want(true) == [])
    }

    @Test func `A gateway whose own cut is under way has not made way`() {
        var reader = CutReader(gateway: "a", hasSession: false)
        #expect(!reader.isReader)
        #expect(reader.want(true) == [.subscribe])
        #expect(reader.subscribed() == [.publishCut])
        // From the cut on, which may wait in its session, messages are its to act on.
        #expect(reader.isReader && !reader.acts)
        _ = reader.want(false)
        #expect(reader.isReader)
        _ = reader.cut(naming: "a")
        #expect(reader.isReader && reader.acts)
        _ = reader.cut(naming: "b")
        #expect(!reader.isReader)
    }
}
