/// A list of CEL values.
public struct List: Sendable {
    public let elements: [Value]

    public init(_ elements: [Value]) { self.elements = elements }

    public var count: Int { elements.count }

    /// - Precondition: `0 <= index < count`.
    public subscript(index: Int) -> Value { elements[index] }
}
