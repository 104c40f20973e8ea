public import CEL

/// An expression tried on one event, as `bobo eval` does.
public struct ExpressionTrial {
    private let program: Program
    private let paths: PathTable

    /// - Throws: `CompilationError` with every problem of the expression.
    public init(_ source: String) throws(CompilationError) {
        paths = PathTable()
        program = try ExpressionEnvironment(paths: paths, groups: []).compile(source)
    }

    /// What is allowed and seldom meant.
    public var hints: [String] { program.hints.map(\.message) }

    /// The value as JSON, and its type.
    /// - Throws: `EvaluationFailure` where the expression fails, also where the topic is none.
    public func evaluate(topic: String, payload: [UInt8], now: Int64 = 0) throws(EvaluationFailure) -> String {
        let routes = Routes(matchers: [], sensors: [], defaultInput: [], prefix: "bobo")
        let receiver = Receiver(paths: Paths(paths, read: [program]), options: EngineOptions())
        guard let route = routes.route(topic) else { throw EvaluationFailure(.invalidArgument("no topic: \(topic)")) }
        let event = payload.withUnsafeBytes { bytes in
            let message = Message(topic: topic, payload: bytes, arrival: now, isRetained: false, number: 1)
            let event = receiver.event(message, route)?.event
            event?.settle()
            return event
        }
        guard let event else { throw EvaluationFailure(.other("the message makes no event")) }
        let scope = Scope(timezone: "UTC")
        scope.event = event
        scope.now = now
        let value = try program.evaluate(scope)
        var json = JSONWriter()
        json.write(value)
        return "\(json.text)  (\(value.typeName))"
    }
}
