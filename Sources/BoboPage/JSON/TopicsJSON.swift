import BoboEngine
import BoboGateway

/// Topics with their last messages.
enum TopicsJSON {
    /// What `/api/topics` says: those whose name holds a text, the newest first.
    static func found(_ topics: TopicActivity, search: String) -> [UInt8] {
        let lines = topics.lines
        let places = lines.indices.filter { search.isEmpty || lines[$0].topic.contains(search) }
        let newest = places.sorted { (lines[$0].last, $1) > (lines[$1].last, $0) }.prefix(TopicRates.maximumCount)
        var json = JSONWriter()
        write(newest.map { TopicRates.Rate(place: $0, perSecond: nil) }, of: topics, to: &json)
        return json.bytes
    }

    static func write(_ rates: [TopicRates.Rate], of topics: TopicActivity, to json: inout JSONWriter) {
        json.raw("[")
        for (index, rate) in rates.enumerated() {
            let line = topics.lines[rate.place]
            json.raw(index > 0 ? ",{\"topic\":" : "{\"topic\":")
            json.write(line.topic)
            json.raw(",\"count\":")
            json.write(Int64(line.count))
            json.raw(",\"per_second\":")
            if let perSecond = rate.perSecond { json.write((perSecond * 10).rounded() / 10) } else { json.raw("null") }
            json.raw(",\"last\":")
            json.write(line.last)
            json.raw(",\"payload\":")
            json.write(String(decoding: line.payload, as: UTF8.self))
            json.raw(",\"is_cut\":\(line.isCut)}")
        }
        json.raw("]")
    }
}
