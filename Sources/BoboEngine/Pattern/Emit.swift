public import CEL

/// What a completed run's complex event carries, and where it is published.
public struct Emit: Sendable {
    public let data: Program?
    /// nil: `<prefix>/events/<phenomenon>`.
    public let topic: Template?
    public let qos: Int
    public let isRetained: Bool

    public init(data: Program? = nil, topic: Template? = nil, qos: Int = 1, isRetained: Bool = false) {
        self.data = data
        self.topic = topic
        self.qos = qos
        self.isRetained = isRetained
    }
}

/// A text with places for the values of expressions.
public struct Template: Sendable {
    public enum Part: Sendable {
        case text(String)
        case expression(Program)
    }

    public let parts: [Part]

    public init(_ parts: [Part]) { self.parts = parts }

    /// What comes before its first expression.
    package var leadingText: String {
        if case .text(let text)? = parts.first { text } else { "" }
    }

    /// The expression that it begins with; nil where it begins with a text, or is empty.
    package var leadingExpression: Program? {
        if case .expression(let program)? = parts.first { program } else { nil }
    }
}

/// A payload: a text, or a document whose texts are filled in and which is written as JSON.
public indirect enum PayloadTemplate: Sendable {
    case text(Template)
    case document(Document)

    public indirect enum Document: Sendable {
        /// JSON as it is written.
        case literal(String)
        case text(Template)
        case list([Document])
        case map([(String, Document)])
    }
}
