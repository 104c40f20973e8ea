package import BoboGateway
package import BoboMetrics
import Hummingbird
import HummingbirdCore
package import Logging
import NIOPosix
import ServiceLifecycle

/// The page of a gateway, its figures for Prometheus, and the answers that supervisors ask for, over HTTP/1.1. It reads, and
/// changes nothing. However clients behave, the gateway waits for none of them: it asks for values (`GatewayObservation`),
/// and connections, requests and what waits to be read are bounded.
package struct PageServer: Service {
    /// A page has one for its events, and a few more while it loads.
    static let maximumConnections = 256

    private let http: Configuration.HTTP
    private let observation: GatewayObservation
    private let registry: PrometheusRegistry
    private let logger: Logger

    /// - Parameters:
    ///   - http: with an address to listen on; without one nothing is done.
    ///   - observation: of the gateway that is shown.
    ///   - registry: where the gateway's metrics go.
    package init(
        _ http: Configuration.HTTP, observation: GatewayObservation, registry: PrometheusRegistry, logger: Logger
    ) {
        self.http = http
        self.observation = observation
        self.registry = registry
        self.logger = logger
    }

    /// Serves until the service is to end. Where it cannot listen it says so and tries again: the gateway has more important
    /// things to do than to show itself.
    package func run() async throws {
        guard let listen = http.listen else { return }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await serve(listen)
                return
            } catch {
                logger.error("the page cannot be served at \(listen): \(error); trying again", metadata: ["in": "10 s"])
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(10)) }
            }
        }
    }

    private func serve(_ listen: ListenAddress) async throws {
        // Its own, so that it is silent on each connection, and so that one thread does for all of them.
        var quiet = logger
        quiet.logLevel = .critical
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let feed = PageFeed(observation, on: threads.next())
        let responder = PageResponder(
            gatekeeper: Gatekeeper(http.token), feed: feed, observation: observation, registry: registry)
        let (logger, hasToken) = (logger, http.token != nil)
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionDeadlines()],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(listen.host, port: listen.port),
                availableConnectionsDelegate: MaximumAvailableConnections(PageServer.maximumConnections, logger: quiet)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? listen.port
                let host = listen.host.contains(":") ? "[\(listen.host)]" : listen.host
                logger.info("the page is at http://\(host):\(port)/", metadata: hasToken ? ["token": "wanted"] : [:])
            },
            eventLoopGroupProvider: .shared(threads), logger: quiet)
        let serving = Task { try await application.run() }
        let outcome = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serving.result
            } onGracefulShutdown: {
                // Pages would stay for ever.
                feed.end()
                Task {
                    try? await Task.sleep(for: .seconds(2))
                    serving.cancel()
                }
            }
        } onCancel: {
            feed.end()
            serving.cancel()
        }
        feed.end()
        try? await threads.shutdownGracefully()
        if !Task.isShuttingDownGracefully { try outcome.get() }
    }
}
