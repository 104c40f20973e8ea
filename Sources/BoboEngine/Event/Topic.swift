public import BoboTopics
import CEL

/// A topic that messages came on, with what expressions read of it, made once.
public final class Topic: Sendable {
    // What is written of each event stands first.
    /// The member of an event's JSON object that names the topic, up to the payload.
    let json: [UInt8]
    /// By which whoever made it finds what belongs to it.
    let number: Int
    public let name: TopicName
    let value: Value
    let levels: Value

    init(_ name: TopicName, number: Int) {
        self.name = name
        self.number = number
        var json = JSONWriter()
        json.raw(#","topic":"#)
        json.write(name.text)
        json.raw(#","payload":"#)
        self.json = json.bytes
        value = .string(name.text)
        levels = .list(List(name.levels.map { .string(String($0)) }))
    }
}
