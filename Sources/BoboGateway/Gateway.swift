package import BoboEngine
package import BoboMQTT
import BoboYAML
import Foundation
package import Logging
import ServiceLifecycle

/// A gateway, as a service: it runs until it is asked to shut down, and then ends in order.
package final class Gateway: Service {
    package static let version = "0.1.0"

    private let configuration: Configuration
    private let preparation: EnginePreparation
    private let broker: BrokerURL
    private let logger: Logger
    private let requests = LoopRequests()
    private let onComplexEvent: @Sendable (ComplexEvent) -> Void

    /// - Parameter onComplexEvent: called on the gateway's thread with each complex event as it occurs; not to block.
    package init(
        _ configuration: Configuration, _ preparation: EnginePreparation, broker: BrokerURL, logger: Logger,
        onComplexEvent: @escaping @Sendable (ComplexEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.preparation = preparation
        self.broker = broker
        self.logger = logger
        self.onComplexEvent = onComplexEvent
    }

    /// Takes up other patterns, at the loop's next turn.
    package func replace(_ preparation: EnginePreparation) { requests.replace(preparation) }

    /// - Throws: `ConnectionFailure` where the broker refuses for good, `ConnectionOptionError`.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let thread = Thread { [self] in continuation.resume(with: Result { try work() }) }
                thread.name = "bobo"
                thread.stackSize = 8 << 20
                thread.start()
            }
        } onGracefulShutdown: {
            self.requests.stop()
        }
    }

    private func work() throws {
        let links = try GatewayLinks(configuration, broker: broker, logger: logger)
        let loop = GatewayLoop(
            configuration, preparation, links: links, requests: requests, logger: logger,
            onComplexEvent: onComplexEvent)
        try loop.run()
    }
}
