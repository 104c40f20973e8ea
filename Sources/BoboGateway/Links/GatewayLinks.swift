import BoboMQTT
import BoboTopics
import Logging

/// The gateway's two connections: one reads sensors, with a session that the broker keeps; the other carries all that the
/// gateway publishes, and its status with its will. So a burst of sensor messages delays nothing that goes out.
struct GatewayLinks {
    let reading: Link
    let publishing: Link

    /// - Throws: `ConnectionOptionError` where the configuration's values cannot be taken.
    init(_ configuration: Configuration, broker url: BrokerURL, logger: Logger) throws(ConnectionOptionError) {
        let broker = configuration.broker
        let options = broker.connectionOptions(to: url)

        var reading = options
        reading.sessionExpiry = UInt32(clamping: broker.sessionExpiry / 1000)
        reading.cleanStart = reading.sessionExpiry == 0
        reading.receiveMaximum = 2000

        var publishing = options
        publishing.clientID += "-peers"
        publishing.cleanStart = true
        publishing.sendMaximum = 200
        let topics = GatewayTopics(prefix: configuration.prefix, instance: configuration.instance)
        publishing.will = topics.status.map {
            ConnectionOptions.Will(topic: $0, payload: Array("offline".utf8), qos: .atLeastOnce, retain: true)
        }
        self.reading = try Link(reading, name: "reading", logger: logger)
        self.publishing = try Link(publishing, name: "publishing", logger: logger)
    }
}
