package import CEL

/// What the messages of a topic had at one place of their payloads.
package struct FieldSummary: Sendable {
    package enum Kind: String, CaseIterable, Sendable { case number, bool, text, list, object, null, bytes }

    /// Distinct texts that are kept.
    package static let textLimit = 6
    /// A text's characters that are kept; a longer one is no state or name that a pattern would compare.
    package static let textLength = 60

    package let path: PayloadPath
    /// In how many messages.
    package private(set) var count = 0
    /// In the order in which they came.
    package private(set) var kinds: [Kind] = []
    /// Of the numbers.
    package private(set) var numbers: ClosedRange<Double>?
    package private(set) var bools: Set<Bool> = []
    /// In the order in which they came.
    package private(set) var texts: [String] = []
    /// Whether there were other texts than those that are kept.
    package private(set) var hasFurtherTexts = false
    /// How long lists were, or how many bytes.
    package private(set) var sizes: ClosedRange<Int>?

    package init(_ path: PayloadPath) { self.path = path }

    package mutating func add(_ value: Value) {
        count += 1
        let kind = FieldSummary.kind(of: value)
        if !kinds.contains(kind) { kinds.append(kind) }
        switch value {
        case .int(let whole): add(Double(whole))
        case .uint(let whole): add(Double(whole))
        case .double(let number): add(number)
        case .bool(let bool): bools.insert(bool)
        case .string(let text): add(text)
        case .list(let list): add(size: list.count)
        case .bytes(let bytes): add(size: bytes.count)
        default: break
        }
    }

    private static func kind(of value: Value) -> Kind {
        switch value {
        case .int, .uint, .double: .number
        case .bool: .bool
        case .string: .text
        case .list: .list
        case .bytes: .bytes
        case .null: .null
        default: .object
        }
    }

    private mutating func add(_ number: Double) {
        numbers = numbers.map { min($0.lowerBound, number)...max($0.upperBound, number) } ?? number...number
    }

    private mutating func add(size: Int) {
        sizes = sizes.map { min($0.lowerBound, size)...max($0.upperBound, size) } ?? size...size
    }

    private mutating func add(_ text: String) {
        let kept = text.count > FieldSummary.textLength ? text.prefix(FieldSummary.textLength - 1) + "…" : text
        guard !texts.contains(kept) else { return }
        guard texts.count < FieldSummary.textLimit else { return hasFurtherTexts = true }
        texts.append(kept)
    }
}
