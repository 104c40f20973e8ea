import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Holds the time that a client may take. From its connecting, and from the end of each answer, the next request has to be
/// here as a whole within `request`; the answer has to be taken within `answer`. Whoever is slower is let go. Only the
/// stream of events lasts longer, and ends where its reader does not read (`PageFeed`).
///
/// A request's body may have so many bytes: the only one that is wanted is a token.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    static let request = TimeAmount.seconds(10)
    static let answer = TimeAmount.seconds(30)
    static let maximumBody = 4096

    private var deadline: Scheduled<Void>?
    private var bodyBytes = 0
    private var isStream = false

    func handlerAdded(context: ChannelHandlerContext) {
        // What the kernel keeps for one that does not read is memory, too.
        context.channel.setOption(.socketOption(.so_sndbuf), value: 256 << 10).whenFailure { _ in }
        arm(ConnectionDeadlines.request, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            bodyBytes = 0
            isStream = head.path.map { $0 == "/api/events" || $0.hasPrefix("/api/events?") } ?? false
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            guard bodyBytes <= ConnectionDeadlines.maximumBody else {
                context.close(promise: nil)
                return
            }
        case .end:
            if isStream { deadline?.cancel() } else { arm(ConnectionDeadlines.answer, context) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { arm(ConnectionDeadlines.request, context) }
        context.write(data, promise: promise)
    }

    private func arm(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}

@available(*, unavailable)
extension ConnectionDeadlines: Sendable {}
