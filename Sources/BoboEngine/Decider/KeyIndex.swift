/// Small numbers by keys: texts by their bytes, without a `String` made for one that is looked for.
struct KeyIndex: ~Copyable {
    private var texts = BytesTable()
    private var others: [KeyValue: Int32] = [:]

    var count: Int { texts.count + others.count }

    @inline(__always)
    subscript(text bytes: UnsafeRawBufferPointer) -> Int32? { texts[bytes] }

    subscript(key: KeyValue) -> Int32? {
        guard let text = key.text else { return others[key] }
        return text.withBytes { texts[$0] }
    }

    /// The key is not there yet.
    mutating func insert(_ number: Int32, for key: KeyValue) {
        if let text = key.text {
            text.withBytes { texts.insert(number, for: $0) }
        } else {
            others[key] = number
        }
    }

    mutating func remove(_ key: KeyValue) {
        if let text = key.text { text.withBytes { texts.remove($0) } } else { others[key] = nil }
    }
}
