extension StandardLibrary {
    static let conversions: [StandardFunction] = [
        .unary("type", [(.dyn, .type)]) { .type($0.type) },
        .unary("bool", conversion: true, [(.bool, .bool), (.string, .bool)], toBool),
        .unary(
            "int", conversion: true,
            [(.int, .int), (.uint, .int), (.double, .int), (.string, .int), (.timestamp, .int)],
            toInt),
        .unary("uint", conversion: true, [(.uint, .uint), (.int, .uint), (.double, .uint), (.string, .uint)], toUInt),
        .unary(
            "double", conversion: true, [(.double, .double), (.int, .double), (.uint, .double), (.string, .double)],
            toDouble),
        .unary(
            "string", conversion: true,
            [
                (.string, .string), (.bool, .string), (.int, .string), (.uint, .string), (.double, .string),
                (.bytes, .string), (.timestamp, .string), (.duration, .string),
            ], toText),
        .unary("bytes", conversion: true, [(.bytes, .bytes), (.string, .bytes)]) { value throws(EvaluationFailure) in
            switch value {
            case .bytes: return value
            case .string(let text): return .bytes(Array(text.utf8))
            default: throw EvaluationFailure(.noMatchingOverload("bytes"))
            }
        },
        .unary(
            "timestamp", conversion: true, [(.timestamp, .timestamp), (.string, .timestamp), (.int, .timestamp)],
            toTimestamp),
        .unary("duration", conversion: true, [(.duration, .duration), (.string, .duration)], toDuration),
    ]

    @Sendable
    private static func toBool(_ value: Value) throws(EvaluationFailure) -> Value {
        switch value {
        case .bool: return value
        case .string("1"), .string("t"), .string("T"), .string("true"), .string("True"), .string("TRUE"):
            return .bool(true)
        case .string("0"), .string("f"), .string("F"), .string("false"), .string("False"), .string("FALSE"):
            return .bool(false)
        case .string(let text): throw EvaluationFailure(.invalidConversion("\(text.debugDescription) is no bool"))
        default: throw EvaluationFailure(.noMatchingOverload("bool"))
        }
    }

    @Sendable
    private static func toInt(_ value: Value) throws(EvaluationFailure) -> Value {
        switch value {
        case .int: return value
        case .uint(let number):
            guard let int = Int64(exactly: number) else { throw EvaluationFailure(.overflow) }
            return .int(int)
        case .double(let number):
            // At the bounds themselves a double cannot tell whether the number it stands for is within.
            guard number > -0x1p63, number < 0x1p63 else { throw EvaluationFailure(.overflow) }
            return .int(Int64(number))
        case .string(let text):
            guard let int = Int64(text) else {
                throw EvaluationFailure(.invalidConversion("\(text.debugDescription) is no int"))
            }
            return .int(int)
        case .timestamp(let timestamp): return .int(timestamp.seconds)
        default: throw EvaluationFailure(.noMatchingOverload("int"))
        }
    }

    @Sendable
    private static func toUInt(_ value: Value) throws(EvaluationFailure) -> Value {
        switch value {
        case .uint: return value
        case .int(let number):
            guard let uint = UInt64(exactly: number) else { throw EvaluationFailure(.overflow) }
            return .uint(uint)
        case .double(let number):
            guard number >= 0, number < 0x1p64 else { throw EvaluationFailure(.overflow) }
            return .uint(UInt64(number))
        case .string(let text):
            guard let uint = UInt64(text) else {
                throw EvaluationFailure(.invalidConversion("\(text.debugDescription) is no uint"))
            }
            return .uint(uint)
        default: throw EvaluationFailure(.noMatchingOverload("uint"))
        }
    }

    @Sendable
    private static func toDouble(_ value: Value) throws(EvaluationFailure) -> Value {
        if let number = value.asDouble { return .double(number) }
        guard case .string(let text) = value else { throw EvaluationFailure(.noMatchingOverload("double")) }
        guard let number = Double(text) else {
            throw EvaluationFailure(.invalidConversion("\(text.debugDescription) is no double"))
        }
        return .double(number)
    }

    @Sendable
    private static func toText(_ value: Value) throws(EvaluationFailure) -> Value {
        switch value {
        case .string: return value
        case .bool(let value): return .string(value ? "true" : "false")
        case .int(let value): return .string(String(value))
        case .uint(let value): return .string(String(value))
        case .double(let value): return .string(value.text)
        case .bytes(let value):
            guard let text = String(validating: value, as: UTF8.self) else {
                throw EvaluationFailure(.invalidConversion("the bytes are no UTF-8"))
            }
            return .string(text)
        case .timestamp(let value): return .string(value.rfc3339)
        case .duration(let value): return .string(value.text)
        default: throw EvaluationFailure(.noMatchingOverload("string"))
        }
    }

    @Sendable
    private static func toTimestamp(_ value: Value) throws(EvaluationFailure) -> Value {
        switch value {
        case .timestamp: return value
        case .string(let text):
            guard let timestamp = Timestamp(rfc3339: text) else {
                throw EvaluationFailure(
                    .invalidConversion("\(text.debugDescription) is no timestamp, as 2026-11-23T18:00:00Z is"))
            }
            return .timestamp(timestamp)
        default:
            guard let timestamp = Timestamp(seconds: try value.asWholeNumber("timestamp")) else {
                throw EvaluationFailure(.overflow)
            }
            return .timestamp(timestamp)
        }
    }

    @Sendable
    private static func toDuration(_ value: Value) throws(EvaluationFailure) -> Value {
        switch value {
        case .duration: return value
        case .string(let text):
            guard let duration = Value.Duration(text: text) else {
                let found = text.debugDescription
                throw EvaluationFailure(
                    .invalidConversion("\(found) is no duration, as 1h30m, 15s and 250ms are; there are no days"))
            }
            return .duration(duration)
        default: throw EvaluationFailure(.noMatchingOverload("duration"))
        }
    }
}
