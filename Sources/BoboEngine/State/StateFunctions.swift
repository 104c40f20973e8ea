import BoboTopics
import CEL

/// `latest(topic)` and `latest_of(filter)`.
enum StateFunctions {
    static let names: Set<String> = [latestName, latestOfName]
    private static let latestName = "latest"
    private static let latestOfName = "latest_of"

    static var declarations: [FunctionDeclaration] {
        let event = CELType.object(ExpressionEnvironment.eventType.name)
        return [
            FunctionDeclaration(name: latestName, parameters: [.string], result: event) {
                (arguments: [Value], activation: Activation) throws(EvaluationFailure) -> Value in
                guard case .string(let topic) = arguments[0] else {
                    throw EvaluationFailure(.noMatchingOverload(latestName))
                }
                guard let scope = activation as? Scope, let state = scope.state,
                    let last = state.latest(ExactText(topic), of: scope.stateFilters)
                else { return .null }
                return .object(last)
            },
            FunctionDeclaration(name: latestOfName, parameters: [.string], result: .list(event)) {
                (arguments: [Value], activation: Activation) throws(EvaluationFailure) -> Value in
                guard case .string(let text) = arguments[0] else {
                    throw EvaluationFailure(.noMatchingOverload(latestOfName))
                }
                guard let scope = activation as? Scope, let state = scope.state else { return .list(List([])) }
                let filter: TopicFilter
                do throws(TopicError) {
                    filter = try state.filter(text)
                } catch {
                    throw EvaluationFailure(.invalidArgument("\(error)"))
                }
                return .list(List(state.latest(matching: filter, of: scope.stateFilters).map { .object($0) }))
            },
        ]
    }
}
