package import BoboEngine
package import BoboMQTT
import BoboYAML
import Foundation
package import Logging
package import Metrics
import ServiceLifecycle

/// A gateway, as a service: it runs until it is asked to shut down, and then ends in order.
package final class Gateway: Service {
    package static let version = "0.1.0"

    private let configuration: Configuration
    private let preparation: EnginePreparation
    private let broker: BrokerURL
    private let logger: Logger
    private let requests: LoopRequests
    /// Where others see what it does; nil unless it is observed.
    package let observation: GatewayObservation?
    private let metrics: (any MetricsFactory)?
    private let onComplexEvent: @Sendable (ComplexEvent) -> Void

    /// - Parameters:
    ///   - isObserved: whether others look at it through `observation`.
    ///   - metrics: where its figures go, where it is observed.
    ///   - onComplexEvent: called on the gateway's thread with each complex event as it occurs; not to block.
    package init(
        _ configuration: Configuration, _ preparation: EnginePreparation, broker: BrokerURL, logger: Logger,
        isObserved: Bool = false, metrics: (any MetricsFactory)? = nil,
        onComplexEvent: @escaping @Sendable (ComplexEvent) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.preparation = preparation
        self.broker = broker
        self.logger = logger
        let requests = LoopRequests()
        self.requests = requests
        observation = isObserved ? GatewayObservation { requests.wakeUp.signal() } : nil
        self.metrics = metrics
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
        defer { observation?.end() }
        let links = try GatewayLinks(configuration, broker: broker, logger: logger)
        let observer = observation.map { observation in
            LoopObserver(
                observation, metrics: metrics.map { GatewayMetrics($0, instance: configuration.instance) })
        }
        let loop = GatewayLoop(
            configuration, preparation, links: links, requests: requests, observer: observer, logger: logger,
            onComplexEvent: onComplexEvent)
        try loop.run()
    }
}
