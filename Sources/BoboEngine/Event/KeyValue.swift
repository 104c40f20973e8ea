import CEL

/// A value as a key: a bool, a number, a text, or a list of these, equal as by CEL's `==`.
struct KeyValue: Hashable, Sendable {
    private enum Form: Hashable, Sendable {
        case none
        case bool(Bool)
        case number(Double)
        /// A whole number that no double holds exactly.
        case int(Int64)
        case uint(UInt64)
        case text(ExactText)
        case list([Form])

        init?(_ value: Value) {
            switch value {
            case .bool(let bool): self = .bool(bool)
            case .double(let double):
                guard !double.isNaN else { return nil }
                self = .number(double == 0 ? 0 : double)
            case .int(let int):
                if let double = Double(exactly: int) { self = .number(double) } else { self = .int(int) }
            case .uint(let uint):
                if let double = Double(exactly: uint) {
                    self = .number(double)
                } else if let int = Int64(exactly: uint) {
                    self = .int(int)
                } else {
                    self = .uint(uint)
                }
            case .string(let text): self = .text(ExactText(text))
            case .list(let list):
                var forms: [Form] = []
                for element in list.elements {
                    guard let form = Form(element) else { return nil }
                    forms.append(form)
                }
                self = .list(forms)
            default: return nil
            }
        }
    }

    private let form: Form

    /// The one key of a pattern that has none.
    static let none = KeyValue(form: .none)

    init(_ text: String) { form = .text(ExactText(text)) }

    private init(form: Form) { self.form = form }

    /// nil where the value can be no key: null, a map, NaN.
    init?(_ value: Value) {
        guard let form = Form(value) else { return nil }
        self.form = form
    }

    var isNone: Bool { if case .none = form { true } else { false } }

    /// The text, where it is one.
    var text: ExactText? { if case .text(let text) = form { text } else { nil } }
}

extension ExactText {
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        // Read only within the closure.
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
