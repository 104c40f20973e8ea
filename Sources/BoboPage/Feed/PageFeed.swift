import BoboGateway
import NIOCore
import Synchronization

/// Hands the same few messages a second to all pages that are open. What changed is looked up and written once, however many
/// pages there are; while there is none, nothing is. A page that does not read is let go once so many messages wait for it.
final class PageFeed: Sendable {
    static let interval = Duration.milliseconds(400)
    static let maximumReaders = 200
    /// Messages that may wait for a page.
    private static let patience = 16

    struct Reader {
        let number: UInt64
        let messages: AsyncStream<ByteBuffer>
    }

    private struct Page {
        let messages: AsyncStream<ByteBuffer>.Continuation
        let onDrop: @Sendable () -> Void
    }

    private struct State {
        var pages: [UInt64: Page] = [:]
        var lastNumber: UInt64 = 0
        var ticking: Task<Void, Never>?
        var changes = FeedChanges(since: 0)
        var hasEnded = false
    }

    private let observation: GatewayObservation
    private let state = Mutex(State())

    init(_ observation: GatewayObservation) { self.observation = observation }

    /// The whole, as JSON; nil where the gateway does not answer.
    func state() async -> [UInt8]? {
        guard let snapshot = await observation.snapshot() else { return nil }
        return StateJSON.whole(snapshot, observation)
    }

    /// - Parameter onDrop: is called where the page has not read for too long.
    /// - Returns: nil where there are too many.
    func subscribe(onDrop: @escaping @Sendable () -> Void) -> Reader? {
        let (messages, continuation) = AsyncStream.makeStream(
            of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(PageFeed.patience))
        let number = state.withLock { state -> UInt64? in
            guard !state.hasEnded, state.pages.count < PageFeed.maximumReaders else { return nil }
            state.lastNumber += 1
            state.pages[state.lastNumber] = Page(messages: continuation, onDrop: onDrop)
            if state.ticking == nil {
                // The whole is made after this, so that an event of that moment is in one of them, or in both.
                state.changes = FeedChanges(since: observation.events(after: 0).last?.number ?? 0)
                state.ticking = Task { await tick() }
            }
            return state.lastNumber
        }
        return number.map { Reader(number: $0, messages: messages) }
    }

    func unsubscribe(_ number: UInt64) {
        state.withLock { _ = $0.pages.removeValue(forKey: number) }
    }

    /// All pages come to their end.
    func end() {
        let pages = state.withLock { state in
            state.hasEnded = true
            state.ticking?.cancel()
            defer { state.pages = [:] }
            return state.pages
        }
        for page in pages.values { page.messages.finish() }
    }

    private func tick() async {
        var next = ContinuousClock.now
        while !Task.isCancelled {
            let isWanted = state.withLock { state in
                if state.pages.isEmpty { state.ticking = nil }
                return !state.pages.isEmpty
            }
            guard isWanted else { return }
            if let snapshot = await observation.snapshot() { send(snapshot) }
            next = max(next + PageFeed.interval, .now)
            try? await Task.sleep(until: next, tolerance: .milliseconds(20))
        }
    }

    private func send(_ snapshot: GatewaySnapshot) {
        let (pages, message) = state.withLock { state in
            (state.pages, state.changes.message(snapshot, observation))
        }
        let buffer = ByteBuffer(bytes: ServerSentEvent.bytes("tick", message))
        for (number, page) in pages {
            guard case .dropped = page.messages.yield(buffer) else { continue }
            unsubscribe(number)
            page.messages.finish()
            page.onDrop()
        }
    }
}

/// One event of a stream, as https://html.spec.whatwg.org/multipage/server-sent-events.html has it.
enum ServerSentEvent {
    /// - Parameter json: in one line.
    static func bytes(_ name: StaticString, _ json: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.count + 32)
        bytes += "event: \(name)\ndata: ".utf8
        bytes += json
        bytes += "\n\n".utf8
        return bytes
    }
}
