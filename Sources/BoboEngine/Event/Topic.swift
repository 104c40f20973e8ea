public import BoboTopics
import CEL

/// A topic that messages came on, with what expressions read of it, made once.
public final class Topic: Sendable {
    public let name: TopicName
    let value: Value
    let levels: Value

    init(_ name: TopicName) {
        self.name = name
        value = .string(name.text)
        levels = .list(List(name.levels.map { .string(String($0)) }))
    }
}
