import BoboEngine
import BoboGateway
import BoboPeers

/// The peers with which the gateway shares its runs, and who reads which partition; null for a lone gateway.
enum PeersJSON {
    static func write(_ report: PeersReport?, to json: inout JSONWriter) {
        guard let report else { return json.raw("null") }
        json.raw("{\"peers\":[")
        for (index, line) in report.peers.enumerated() {
            json.raw(index > 0 ? ",{\"peer\":" : "{\"peer\":")
            json.write(line.peer)
            json.raw(",\"period\":\"\(line.period)\",\"live\":\(line.isLive),\"ready\":\(line.isReady),\"since\":")
            write(line.since, to: &json)
            json.raw(",\"stash\":")
            json.write(Int64(line.stash))
            json.raw(",\"clock_difference\":")
            write(line.clockDifference, to: &json)
            json.raw("}")
        }
        json.raw("],\"partitions\":{")
        for (index, (name, readers)) in report.partitions.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { json.raw(",") }
            json.write(name)
            json.raw(":[")
            for (place, reader) in readers.map(\.reader).sorted().enumerated() {
                if place > 0 { json.raw(",") }
                json.write(reader)
            }
            json.raw("]")
        }
        json.raw("}}")
    }

    private static func write(_ seconds: Double?, to json: inout JSONWriter) {
        if let seconds { json.write((seconds * 10).rounded() / 10) } else { json.raw("null") }
    }
}

/// What the gateways of the prefix say of themselves.
enum GatewaysJSON {
    static func write(_ gateways: [OtherGateways.Line], to json: inout JSONWriter) {
        json.raw("[")
        for (index, gateway) in gateways.enumerated() {
            json.raw(index > 0 ? ",{\"instance\":" : "{\"instance\":")
            json.write(gateway.instance)
            json.raw(",\"online\":")
            json.raw(gateway.isOnline.map { $0 ? "true" : "false" } ?? "null")
            json.raw(",\"heard\":")
            json.write(gateway.heard)
            json.raw(",\"stats\":")
            if let statistics = gateway.statistics { json.append(statistics) } else { json.raw("null") }
            json.raw("}")
        }
        json.raw("]")
    }
}
