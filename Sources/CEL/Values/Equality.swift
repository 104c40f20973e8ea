extension Value {
    /// CEL's `==`: numbers are equal across their kinds, lists and maps by their elements, values of different types
    /// unequal; NaN equals nothing.
    public func isEqual(to other: Value) -> Bool {
        switch (self, other) {
        case (.string(let left), .string(let right)): left.isSameText(as: right)
        case (.double(let left), .double(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        case (.uint(let left), .uint(let right)): left == right
        case (.int(let left), .double(let right)), (.double(let right), .int(let left)):
            Int64(exactly: right) == left
        case (.uint(let left), .double(let right)), (.double(let right), .uint(let left)):
            UInt64(exactly: right) == left
        case (.int(let left), .uint(let right)), (.uint(let right), .int(let left)):
            Int64(exactly: right) == left
        case (.bytes(let left), .bytes(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.list(let left), .list(let right)): left.isEqual(to: right)
        case (.map(let left), .map(let right)): left.isEqual(to: right)
        case (.type(let left), .type(let right)): left.runtimeName == right.runtimeName
        case (.object(let left), .object(let right)): left === right || left.isEqual(to: right)
        default: false
        }
    }
}

extension List {
    func isEqual(to other: List) -> Bool {
        count == other.count && zip(elements, other.elements).allSatisfy { $0.isEqual(to: $1) }
    }
}

extension Map {
    func isEqual(to other: Map) -> Bool {
        count == other.count
            && allSatisfy { key, value in other[key].map { $0.isEqual(to: value) } ?? false }
    }
}
