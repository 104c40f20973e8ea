import BoboTopics
import CEL

/// `topic_matches(topic, filter)`.
enum TopicMatching {
    static let declaration = FunctionDeclaration(
        name: "topic_matches", isMember: false, parameters: [.string, .string], result: .bool
    ) { (arguments: [Value], _: Activation) throws(EvaluationFailure) -> Value in
        guard case .string(let topic) = arguments[0], case .string(let filter) = arguments[1] else {
            throw EvaluationFailure(.noMatchingOverload("topic_matches"))
        }
        do {
            return try .bool(TopicFilter(filter).matches(TopicName(topic)))
        } catch {
            throw EvaluationFailure(.invalidArgument("\(error)"))
        }
    }
}
