import BoboYAML

/// The gateways on a broker, as far as they have said something.
package struct GatewaySurvey: Sendable {
    package struct Gateway: Sendable {
        package let id: String
        /// By its retained status; nil: it has none.
        package fileprivate(set) var isOnline: Bool?
        /// The last ones.
        package fileprivate(set) var figures: GatewayFigures?
        /// The same as they came: one JSON object.
        package fileprivate(set) var json: [UInt8] = []
        /// When these came, by the monotonic clock.
        package fileprivate(set) var figuresAt: ContinuousClock.Instant?
        /// Whether what came last as figures cannot be read.
        package fileprivate(set) var isUnreadable = false
    }

    /// More are not kept, whoever publishes as however many.
    static let maximumGateways = 1000

    private let prefix: String
    private var byID: [String: Gateway] = [:]
    /// Messages that the broker has dropped since its start; nil where it does not say.
    package private(set) var droppedByBroker: Int64?
    /// Whether something has changed that is shown.
    package var hasNews = false

    static let dropped = "$SYS/broker/publish/messages/dropped"

    package init(prefix: String) { self.prefix = prefix }

    /// By name.
    package var gateways: [Gateway] { byID.values.sorted { $0.id < $1.id } }

    /// Whether each gateway that is online has said its figures.
    package var isWhole: Bool { byID.values.allSatisfy { $0.isOnline != true || $0.figures != nil } }

    mutating func add(topic: String, _ payload: [UInt8], at moment: ContinuousClock.Instant) {
        if topic == Self.dropped {
            droppedByBroker = Int64(String(decoding: payload.prefix(32), as: UTF8.self))
            hasNews = true
            return
        }
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count == 3, levels[0] == prefix, isName(String(levels[2])) else { return }
        let id = String(levels[2])
        switch levels[1] {
        case "status":
            // What is deleted is no gateway.
            guard !payload.isEmpty else {
                byID[id] = nil
                hasNews = true
                return
            }
            change(id) { $0.isOnline = payload == Array("online".utf8) }
        case "stats":
            change(id) { gateway in
                guard let figures = GatewayFigures(json: payload) else {
                    gateway.isUnreadable = true
                    return
                }
                gateway.isUnreadable = false
                gateway.figures = figures
                gateway.json = payload
                gateway.figuresAt = moment
            }
        default: break
        }
    }

    private mutating func change(_ id: String, _ body: (inout Gateway) -> Void) {
        guard byID[id] != nil || byID.count < Self.maximumGateways else { return }
        body(&byID[id, default: Gateway(id: id)])
        hasNews = true
    }
}
