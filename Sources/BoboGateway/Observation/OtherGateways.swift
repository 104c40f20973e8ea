/// What the gateways of the prefix say of themselves, this one among them: `<prefix>/status/+` and `<prefix>/stats/+`.
package struct OtherGateways: Sendable {
    package struct Line: Sendable {
        package let instance: String
        package fileprivate(set) var isOnline: Bool?
        /// When its status or its figures came last, milliseconds since 1970.
        package fileprivate(set) var heard: Int64 = 0
        /// The figures as JSON; nil: none yet.
        package fileprivate(set) var statistics: [UInt8]?
    }

    /// Whoever may publish may claim to be one.
    static let maximumCount = 100
    static let maximumLength = 64 << 10

    private var gateways: [String: Line] = [:]

    package var lines: [Line] { gateways.values.sorted { $0.instance < $1.instance } }

    mutating func take(status isOnline: Bool, of gateway: String, date: Int64) {
        change(gateway) {
            $0.isOnline = isOnline
            $0.heard = date
        }
    }

    mutating func take(statistics json: [UInt8], of gateway: String, date: Int64) {
        guard json.count <= OtherGateways.maximumLength else { return }
        change(gateway) {
            $0.statistics = json
            $0.heard = date
        }
    }

    private mutating func change(_ gateway: String, _ change: (inout Line) -> Void) {
        guard gateways[gateway] != nil || gateways.count < OtherGateways.maximumCount, gateway.utf8.count <= 200 else {
            return
        }
        change(&gateways[gateway, default: Line(instance: gateway)])
    }
}
