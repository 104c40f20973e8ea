/// Where Home Assistant is told of the gateways of a prefix, and what they and their devices are called there.
struct HomeAssistantNames: Sendable {
    /// What gateways tell under, beside `prefix`: Home Assistant's discovery prefix.
    private let discovery: String
    let prefix: String
    let instance: String

    init(_ configuration: Configuration) {
        discovery = configuration.homeAssistant.prefix
        prefix = configuration.prefix
        instance = configuration.instance
    }

    /// Where the shared device is told of. In the name of an object of discovery only `[A-Za-z0-9_-]` may stand, so that
    /// prefix and instance are kept apart by `__`, which the prefix cannot hold then.
    var deviceTopic: String { "\(discovery)/device/\(object)/config" }

    /// Where this gateway's own device is told of.
    var gatewayTopic: String { "\(discovery)/device/\(object)__\(instance)/config" }

    /// Where all devices are told of, those of other programs among them.
    var deviceFilter: String { "\(discovery)/device/+/config" }

    /// Where Home Assistant says that it is there.
    var birthTopic: String { "\(discovery)/status" }

    /// The gateway of this prefix whose own device is told of on a topic.
    func gateway(of topic: String) -> String? {
        let (before, after) = ("\(discovery)/device/\(object)__", "/config")
        guard topic.hasPrefix(before), topic.hasSuffix(after), topic.utf8.count > before.utf8.count + after.utf8.count
        else { return nil }
        return String(topic.dropFirst(before.count).dropLast(after.count))
    }

    private var object: String { "bobo_" + prefix.replacing("_", with: "_u") }

    /// The name of the shared device, and the beginning of each unique identifier.
    var identity: String { "bobo/\(prefix)" }

    func status(of gateway: String) -> String { "\(prefix)/status/\(gateway)" }

    /// Where complex events of a phenomenon go that are told to go nowhere else.
    func usualTopic(of phenomenon: String) -> String { "\(prefix)/events/\(phenomenon)" }

    /// The name of a trigger among the components: a pattern's name may hold anything.
    static func trigger(_ phenomenon: String, _ pattern: String) -> String {
        let escaped = pattern.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "\(phenomenon).\(escaped.joined())"
    }

    /// Home Assistant's name of the kind of a component of the shared device: one without a point is a phenomenon's.
    static func platform(of component: String) -> String {
        component.contains(".") ? "device_automation" : "event"
    }
}
