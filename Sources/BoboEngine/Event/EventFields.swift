public import CEL

/// What expressions see of an event.
extension Event: HostObject {
    public var objectType: ObjectType { ExpressionEnvironment.eventType }

    public func field(_ index: Int) throws(EvaluationFailure) -> Value {
        switch ExpressionEnvironment.EventField(rawValue: index) {
        case .payload: return try value(atPath: paths.whole)
        case .text:
            guard let text = body.text else { throw EvaluationFailure(.other("the message is no text: not UTF-8")) }
            return .string(text)
        case .topic: return topic.value
        case .levels: return topic.levels
        case .ts: return .timestamp(Timestamp(clampingMilliseconds: timestamp))
        case .kind: return .string(kind.rawValue)
        case .id: return .string(identifier.description)
        case .retained: return .bool(isRetained)
        case nil: throw EvaluationFailure(.other("an event has no field \(index)"))
        }
    }

    public func value(atPath path: Int) throws(EvaluationFailure) -> Value { try content.value(path, paths) }

    public func hasValue(atPath path: Int) throws(EvaluationFailure) -> Bool { try content.hasValue(path, paths) }

    /// An event is equal to itself alone.
    public func isEqual(to other: any HostObject) -> Bool { self === other }
}
