import BoboEngine
import BoboGateway

/// The gateways of a broker, as a program reads them: one JSON object, each gateway's figures as it has published them.
enum StatusLine {
    static func json(_ survey: GatewaySurvey) -> [UInt8] {
        var json = JSONWriter()
        json.raw("{\"gateways\":[")
        for (index, gateway) in survey.gateways.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{\"id\":")
            json.write(gateway.id)
            json.raw(",\"online\":")
            json.raw(gateway.isOnline.map { $0 ? "true" : "false" } ?? "null")
            json.raw(",\"figures\":")
            if gateway.json.isEmpty { json.raw("null") } else { json.raw(message: gateway.json) }
            json.raw("}")
        }
        json.raw("],\"broker\":{\"dropped\":")
        if let dropped = survey.droppedByBroker { json.write(dropped) } else { json.raw("null") }
        json.raw("}}")
        return json.bytes
    }
}
