extension CELType {
    var isNumber: Bool { self == .int || self == .uint || self == .double }

    /// Whether a value of this type may serve where the other is called for. A double may serve as an int, if it is
    /// whole, and any double's place is open to an int only in arithmetic, which has signatures of its own.
    func serves(as expected: CELType) -> Bool {
        switch (self, expected) {
        case (.dyn, _), (_, .dyn): true
        case (.double, .int): true
        case (.null, .object): true
        case (.list(let left), .list(let right)): left.serves(as: right)
        case (.map(let leftKey, let left), .map(let rightKey, let right)):
            leftKey.serves(as: rightKey) && left.serves(as: right)
        default: self == expected
        }
    }

    /// Whether a value of this type can ever equal one of the other.
    func canEqual(_ other: CELType) -> Bool {
        switch (self, other) {
        case (.dyn, _), (_, .dyn): true
        case (.null, .object), (.object, .null): true
        case (.list(let left), .list(let right)): left.canEqual(right)
        case (.map(let leftKey, let left), .map(let rightKey, let right)):
            leftKey.canEqual(rightKey) && left.canEqual(right)
        default: self == other || (isNumber && other.isNumber)
        }
    }

    /// The type of what may be a value of either.
    func joined(with other: CELType) -> CELType {
        switch (self, other) {
        case _ where self == other: self
        case (.null, .object): other
        case (.object, .null): self
        case (.list(let left), .list(let right)): .list(left.joined(with: right))
        case (.map(let leftKey, let left), .map(let rightKey, let right)):
            .map(leftKey.joined(with: rightKey), left.joined(with: right))
        default: .dyn
        }
    }

    static func joined(_ types: [CELType]) -> CELType {
        guard let first = types.first else { return .dyn }
        return types.dropFirst().reduce(first) { $0.joined(with: $1) }
    }
}
