import CEL
import Foundation

/// One case of the conformance set, as its README describes it.
struct ConformanceCase {
    enum Expected {
        case value(Value)
        case error
    }

    let file: String
    let name: String
    let expression: String
    let container: String
    let bindings: [(name: String, value: Value)]
    let expected: Expected

    init?(line: Data) throws {
        guard let fields = try JSONSerialization.jsonObject(with: line) as? [String: Any],
            let file = fields["file"] as? String, let section = fields["section"] as? String,
            let name = fields["name"] as? String, let expression = fields["expr"] as? String
        else { return nil }
        self.file = file
        self.name = "\(section)/\(name)"
        self.expression = expression
        container = fields["container"] as? String ?? ""
        var bindings: [(String, Value)] = []
        for (name, encoded) in fields["bindings"] as? [String: Any] ?? [:] {
            guard let value = Value(conformance: encoded) else { return nil }
            bindings.append((name, value))
        }
        self.bindings = bindings
        if fields["error"] as? Bool == true {
            expected = .error
        } else {
            guard let value = fields["value"].flatMap({ Value(conformance: $0) }) else { return nil }
            expected = .value(value)
        }
    }

    /// Evaluated without the type checker, with bindings of type `dyn`.
    var isPassed: Bool {
        var environment = Environment(paths: PathTable())
        environment.checksTypes = false
        environment.container = container
        for binding in bindings { environment.declare(variable: binding.name, type: .dyn) }
        let activation = Bindings(bindings.map(\.value))
        do {
            let value = try environment.compile(expression).evaluate(activation)
            guard case .value(let expected) = expected else { return false }
            return value.isIdentical(to: expected)
        } catch {
            if case .error = expected { return true }
            return false
        }
    }
}

/// Variables with fixed values.
final class Bindings: Activation {
    private let values: [Value]

    init(_ values: [Value]) { self.values = values }

    override func value(_ slot: Int) throws(EvaluationFailure) -> Value { values[slot] }
}

extension Value {
    init?(conformance encoded: Any) {
        guard let object = encoded as? [String: Any], let (type, content) = object.first else { return nil }
        switch (type, content) {
        case ("null", _): self = .null
        case ("bool", let value as Bool): self = .bool(value)
        case ("int", let text as String): self = .int(Int64(text) ?? 0)
        case ("uint", let text as String): self = .uint(UInt64(text) ?? 0)
        case ("double", let text as String): self = .double(Double(text) ?? 0)
        case ("string", let text as String): self = .string(text)
        case ("bytes", let text as String): self = .bytes(Data(base64Encoded: text).map(Array.init) ?? [])
        case ("list", let elements as [Any]): self = .list(List(elements.compactMap { Value(conformance: $0) }))
        case ("map", let pairs as [[Any]]):
            self = .map(
                Map(
                    pairs.compactMap { pair -> (Value, Value)? in
                        guard let key = Value(conformance: pair[0]), let value = Value(conformance: pair[1]) else {
                            return nil
                        }
                        return (key, value)
                    }))
        case ("type", let name as String): self = .string("type \(name)")
        case ("timestamp", let parts as [Any]):
            guard let seconds = (parts[0] as? String).flatMap(Int64.init), let nanoseconds = parts[1] as? Int,
                let timestamp = Timestamp(seconds: seconds, nanoseconds: Int32(nanoseconds))
            else { return nil }
            self = .timestamp(timestamp)
        case ("duration", let parts as [Any]):
            guard let seconds = (parts[0] as? String).flatMap(Int64.init), let nanoseconds = parts[1] as? Int,
                let duration = Value.Duration(seconds: seconds, nanoseconds: Int32(nanoseconds))
            else { return nil }
            self = .duration(duration)
        default: return nil
        }
    }

    /// Equal and of one kind; NaN is itself. Types come as texts.
    func isIdentical(to expected: Value) -> Bool {
        switch (self, expected) {
        case (.double(let left), .double(let right)): left == right || (left.isNaN && right.isNaN)
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left.elements, right.elements).allSatisfy { $0.isIdentical(to: $1) }
        case (.map(let left), .map(let right)):
            left.count == right.count
                && left.allSatisfy { key, value in right[key].map { value.isIdentical(to: $0) } ?? false }
        case (.type, .string(let name)): name == "type \(description)"
        default: typeName == expected.typeName && isEqual(to: expected)
        }
    }
}
