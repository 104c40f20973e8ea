/// Why an expression has no value. Cheap to make: text is put together only when it is asked for.
public struct EvaluationFailure: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A map has no such key, or an object no such field.
        case noSuchField(String)
        /// A field or an element was asked of a value that has none.
        case notAMap(field: String)
        /// What should be an object, an event, say, is none: null, where there is none.
        case notAnObject(String)
        /// An operator or function was given types that it does not take.
        case noMatchingOverload(String)
        case divisionByZero
        case modulusByZero
        /// Beyond 64 bits, or a timestamp or duration out of its range.
        case overflow
        case indexOutOfRange(Int64)
        /// A double that is not whole where an int is called for.
        case notWhole(Double)
        case invalidConversion(String)
        case invalidArgument(String)
        /// A map with a key that is neither bool, int, uint nor string.
        case unsupportedKey(String)
        case repeatedKey
        /// `avg` and `stddev` of an empty list.
        case emptyList(String)
        /// The comprehensions of one evaluation went through more elements than the limit.
        case tooManyIterations
        /// A predicate that gave no bool.
        case notABool(String)
        case other(String)
    }

    public let kind: Kind

    public init(_ kind: Kind) { self.kind = kind }
}

extension EvaluationFailure: CustomStringConvertible {
    public var description: String {
        switch kind {
        case .noSuchField(let name): "no such field: \(name)"
        case .notAMap(let field): "no map to read the field \(field) from"
        case .notAnObject(let type): "found \(type), which has no fields"
        case .noMatchingOverload(let name): "\(name) does not take values of these types"
        case .divisionByZero: "division by zero"
        case .modulusByZero: "modulus by zero"
        case .overflow: "out of range"
        case .indexOutOfRange(let index): "index \(index) is out of range"
        case .notWhole(let number): "\(number) is not a whole number"
        case .invalidConversion(let text): text
        case .invalidArgument(let text): text
        case .unsupportedKey(let type): "a map has keys of type bool, int, uint or string, not \(type)"
        case .repeatedKey: "a map has a key twice"
        case .emptyList(let name): "\(name) of an empty list"
        case .tooManyIterations: "more than \(Frame.iterationLimit) iterations"
        case .notABool(let type): "the condition gave \(type), not bool"
        case .other(let text): text
        }
    }
}
