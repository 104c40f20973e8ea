import ArgumentParser
import BoboMQTT

/// A quality of service on the command line: 0, 1 or 2.
struct QoSOption: ExpressibleByArgument {
    let qos: QoS

    init(_ qos: QoS) { self.qos = qos }

    init?(argument: String) {
        guard let number = UInt8(argument), let qos = QoS(rawValue: number) else { return nil }
        self.qos = qos
    }

    var defaultValueDescription: String { "\(qos.rawValue)" }
}
