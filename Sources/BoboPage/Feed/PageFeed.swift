import BoboGateway
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Hands the same few messages a second to all pages that are open. What changed is looked up and written once, however many
/// pages there are, and goes to all of them in one turn of the server's thread; while there is none, nothing is. A page that
/// does not read is let go once so many messages wait for it.
final class PageFeed: Sendable {
    static let interval = Duration.milliseconds(400)
    static let maximumReaders = 200
    /// Messages that may wait for a page.
    private static let patience = 16

    struct Reader {
        let number: UInt64
        /// Ends when no more messages come: the server ends, the page has gone or was let go.
        let end: AsyncStream<Void>
    }

    fileprivate struct Page {
        let channel: any Channel
        let end: AsyncStream<Void>.Continuation
        /// What has come before the page has the whole; nil: it has it.
        var early: [ByteBuffer]? = []
        /// Messages in a row that its connection did not take at once.
        var waiting = 0
    }

    fileprivate struct State {
        var pages: [UInt64: Page] = [:]
        var lastNumber: UInt64 = 0
        var ticking: Task<Void, Never>?
        var changes = FeedChanges(since: 0)
        var hasEnded = false
    }

    private let observation: GatewayObservation
    /// That of all pages' connections.
    private let eventLoop: any EventLoop
    private let state = Mutex(State())

    init(_ observation: GatewayObservation, on eventLoop: any EventLoop) {
        self.observation = observation
        self.eventLoop = eventLoop
    }

    /// The whole, as JSON; nil where the gateway does not answer.
    func state() async -> [UInt8]? {
        guard let snapshot = await observation.snapshot(with: .topics) else { return nil }
        return StateJSON.whole(snapshot, observation)
    }

    /// - Parameter channel: where the page is answered. It gets messages once `begin` was called.
    /// - Returns: nil where there are too many.
    func subscribe(_ channel: any Channel) -> Reader? {
        let (end, continuation) = AsyncStream.makeStream(of: Void.self)
        let number = state.withLock { state -> UInt64? in
            guard !state.hasEnded, state.pages.count < PageFeed.maximumReaders else { return nil }
            state.lastNumber += 1
            state.pages[state.lastNumber] = Page(channel: channel, end: continuation)
            if state.ticking == nil {
                // The whole is made after this, so that an event of that moment is in one of them, or in both.
                state.changes = FeedChanges(since: observation.events(after: 0).last?.number ?? 0)
                state.ticking = Task { await tick() }
            }
            return state.lastNumber
        }
        guard let number else { return nil }
        channel.closeFuture.whenComplete { [weak self] _ in self?.unsubscribe(number) }
        return Reader(number: number, end: end)
    }

    /// The page has been written the whole.
    func begin(_ number: UInt64) {
        eventLoop.execute { [self] in
            guard let (channel, early) = state.withLock({ $0.open(number) }) else { return }
            for message in early { PageFeed.write(message, to: channel) }
        }
    }

    func unsubscribe(_ number: UInt64) {
        state.withLock { $0.pages.removeValue(forKey: number) }?.end.finish()
    }

    /// All pages come to their end.
    func end() {
        let pages = state.withLock { state in
            state.hasEnded = true
            state.ticking?.cancel()
            defer { state.pages = [:] }
            return state.pages
        }
        for page in pages.values { page.end.finish() }
    }

    private func tick() async {
        var next = ContinuousClock.now
        while !Task.isCancelled {
            let wish = state.withLock { state -> GatewayObservation.Wish? in
                if state.pages.isEmpty { state.ticking = nil }
                return state.pages.isEmpty ? nil : state.changes.wish
            }
            guard let wish else { return }
            if let snapshot = await observation.snapshot(with: wish) { send(snapshot) }
            next = max(next + PageFeed.interval, .now)
            try? await Task.sleep(until: next, tolerance: .milliseconds(20))
        }
    }

    private func send(_ snapshot: GatewaySnapshot) {
        let message = state.withLock { $0.changes.message(snapshot, observation) }
        let buffer = ByteBuffer(bytes: ServerSentEvent.bytes("tick", message))
        eventLoop.execute { [self] in
            let (open, deaf) = state.withLock { $0.take(buffer, patience: PageFeed.patience) }
            for channel in open { PageFeed.write(buffer, to: channel) }
            for page in deaf {
                page.end.finish()
                page.channel.close(promise: nil)
            }
        }
    }

    /// Past the task that answers the page, which would be woken for each message.
    private static func write(_ message: ByteBuffer, to channel: any Channel) {
        channel.writeAndFlush(HTTPResponsePart.body(message), promise: nil)
    }
}

extension PageFeed.State {
    /// The page has the whole.
    /// - Returns: what has come for it before.
    mutating func open(_ number: UInt64) -> (channel: any Channel, early: [ByteBuffer])? {
        guard let page = pages[number], let early = page.early else { return nil }
        pages[number]?.early = nil
        return (page.channel, early)
    }

    /// - Returns: where a message is to be written now, and the pages that are let go.
    mutating func take(_ message: ByteBuffer, patience: Int) -> (open: [any Channel], deaf: [PageFeed.Page]) {
        var open: [any Channel] = []
        var deaf: [PageFeed.Page] = []
        for (number, page) in pages {
            let waiting = page.early?.count ?? (page.channel.isWritable ? 0 : page.waiting + 1)
            if waiting > patience {
                deaf.append(page)
                pages[number] = nil
            } else if page.early != nil {
                pages[number]?.early?.append(message)
            } else {
                pages[number]?.waiting = waiting
                open.append(page.channel)
            }
        }
        return (open, deaf)
    }
}
