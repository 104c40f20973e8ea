/// The texts that `secret("name")` gives in actions: not shown by printing or interpolating them.
public struct Secrets: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let texts: [String: String]

    public init(_ texts: [String: String] = [:]) { self.texts = texts }

    subscript(name: String) -> String? { texts[name] }

    public var description: String { "***" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
