@testable import CEL

/// An event as the engine will have it: declared fields, one of them a document.
final class TestEvent: HostObject {
    static let type = ObjectType(
        name: "Event",
        fields: [
            .init(name: "topic", type: .string), .init(name: "payload", type: .dyn, isDocument: true),
            .init(name: "ts", type: .timestamp), .init(name: "levels", type: .list(.string)),
        ])

    let topic: String
    let document: Value
    let paths: PathTable

    init(topic: String = "home/kitchen", _ document: Value, paths: PathTable) {
        self.topic = topic
        self.document = document
        self.paths = paths
    }

    var objectType: ObjectType { TestEvent.type }

    func field(_ index: Int) throws(EvaluationFailure) -> Value {
        switch index {
        case 0: .string(topic)
        case 1: document
        case 2: .timestamp(Timestamp(clampingMilliseconds: 1_764_000_000_123))
        default: .list(List(topic.split(separator: "/").map { .string(String($0)) }))
        }
    }

    func value(atPath path: Int) throws(EvaluationFailure) -> Value {
        var value = document
        for name in paths.paths[path] { value = try value.select(name, rootPath: nil) }
        return value
    }

    func hasValue(atPath path: Int) throws(EvaluationFailure) -> Bool {
        let names = paths.paths[path]
        var value = document
        for name in names.dropLast() { value = try value.select(name, rootPath: nil) }
        guard case .map(let map) = value else { throw EvaluationFailure(.notAMap(field: names.last ?? "")) }
        return names.last.map { map[$0] != nil } ?? true
    }

    func isEqual(to other: any HostObject) -> Bool {
        (other as? TestEvent).map { $0.topic == topic && $0.document.isEqual(to: document) } ?? false
    }
}

/// `event`, `payload`, `topic`, `ts`, `history`, `key`, and functions that an embedding program would add.
struct TestEnvironment {
    let paths = PathTable()
    var environment: Environment

    init() {
        environment = Environment(paths: paths)
        environment.declare(TestEvent.type)
        environment.declare(variable: "event", type: .object("Event"))
        environment.declare(variable: "history", type: .list(.object("Event")))
        environment.declare(variable: "key", type: .dyn)
        environment.declare(variable: "timezone", type: .string)
        for field in ["payload", "topic", "ts", "levels"] {
            try? environment.declare(alias: field, expression: "event.\(field)")
        }
        environment.declare(reserved: "recent", reason: "recent is not built yet")
        environment.declare(
            FunctionDeclaration(name: "repeated", parameters: [.string, .int], result: .string) {
                values, _ throws(EvaluationFailure) in
                guard case (.string(let text), .int(let count)) = (values[0], values[1]) else {
                    throw EvaluationFailure(.other("unexpected types"))
                }
                return .string(String(repeating: text, count: Int(count)))
            })
    }

    /// - Parameter history: documents of accepted events.
    func activation(_ payload: Value = .null, history: [Value] = [], key: Value = .null) -> Bindings {
        Bindings([
            .object(TestEvent(payload, paths: paths)),
            .list(List(history.map { .object(TestEvent($0, paths: paths)) })), key, .string("Europe/Berlin"),
        ])
    }

    func evaluate(_ source: String, _ payload: Value = .null, history: [Value] = [], key: Value = .null) throws -> Value
    {
        try environment.compile(source).evaluate(activation(payload, history: history, key: key))
    }

    /// The messages of what is wrong with an expression.
    func problems(_ source: String) -> [String] {
        do throws(CompilationError) {
            _ = try environment.compile(source)
            return []
        } catch {
            return error.problems.map(\.message)
        }
    }

    func failure(_ source: String, _ payload: Value = .null, history: [Value] = []) throws -> EvaluationFailure.Kind? {
        let program = try environment.compile(source)
        do throws(EvaluationFailure) {
            _ = try program.evaluate(activation(payload, history: history))
            return nil
        } catch {
            return error.kind
        }
    }
}

func object(_ pairs: [(String, Value)]) -> Value { .map(Map(pairs)) }
