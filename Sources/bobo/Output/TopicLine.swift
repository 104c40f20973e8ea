import BoboEngine
import BoboGateway

/// What is on a topic, as a program reads it: one JSON object.
enum TopicLine {
    static func json(_ topic: TopicSurvey.Topic) -> [UInt8] {
        var json = JSONWriter()
        json.raw("{\"topic\":")
        json.write(topic.name)
        json.raw(",\"messages\":\(topic.messages - topic.stored),\"stored\":\(topic.stored > 0),\"every\":")
        // In seconds; null where there were not two.
        if let interval = topic.interval { json.write(interval / 1000) } else { json.raw("null") }
        json.raw(",\"fields\":[")
        for (index, field) in topic.fields.enumerated() {
            if index > 0 { json.raw(",") }
            write(field, to: &json)
        }
        json.raw("],\"further_fields\":\(topic.furtherFields)")
        writeLast(of: topic, to: &json)
        json.raw("}")
        return json.bytes
    }

    private static func write(_ field: FieldSummary, to json: inout JSONWriter) {
        json.raw("{\"field\":")
        json.write(field.path.expression)
        json.raw(",\"types\":[" + field.kinds.map { "\"\($0.rawValue)\"" }.joined(separator: ",") + "]")
        json.raw(",\"messages\":\(field.count)")
        if let numbers = field.numbers {
            json.raw(",\"min\":")
            json.write(numbers.lowerBound)
            json.raw(",\"max\":")
            json.write(numbers.upperBound)
        }
        if !field.bools.isEmpty {
            json.raw(
                ",\"bools\":[" + [true, false].filter(field.bools.contains).map { "\($0)" }.joined(separator: ",") + "]"
            )
        }
        if !field.texts.isEmpty {
            json.raw(",\"texts\":[")
            for (index, text) in field.texts.enumerated() {
                if index > 0 { json.raw(",") }
                json.write(text)
            }
            json.raw("],\"further_texts\":\(field.hasFurtherTexts)")
        }
        if let sizes = field.sizes { json.raw(",\"sizes\":[\(sizes.lowerBound),\(sizes.upperBound)]") }
        json.raw("}")
    }

    /// As an event file has it; of a message of which the beginning alone was kept, that as a text.
    private static func writeLast(of topic: TopicSurvey.Topic, to json: inout JSONWriter) {
        json.raw(",\"size\":\(topic.size),\"last\":{")
        let isWhole = topic.last.count == topic.size
        switch topic.format {
        case .json where isWhole:
            json.raw("\"payload\":")
            json.raw(message: topic.last)
        case .json, .text:
            json.raw("\"text\":")
            json.write(String(decoding: topic.last, as: UTF8.self))
        case .bytes:
            json.raw("\"base64\":\"")
            json.raw(Base64.encode(topic.last))
            json.raw("\"")
        }
        json.raw(isWhole ? "}" : ",\"cut\":true}")
    }
}
