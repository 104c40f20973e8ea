/// So many elements at addresses that stay. Getting one costs neither a retain nor a check, which an array in a class would.
struct FixedArray<Element: ~Copyable>: ~Copyable {
    // Safe: this alone owns the memory, all `count` elements of it are initialised from `init` to `deinit`, and whoever uses the
    // subscript stays below `count`, which debug builds check.
    private let start: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int, _ element: (Int) -> Element) {
        start = FixedArray.room(count)
        self.count = count
        for index in 0..<count { (start + index).initialize(to: element(index)) }
    }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
    }

    /// Elements that fill lines of the processor's caches, of 64 bytes, begin where these do.
    private static func room(_ count: Int) -> UnsafeMutablePointer<Element> {
        let stride = MemoryLayout<Element>.stride
        guard stride % 64 == 0 else { return .allocate(capacity: count) }
        return UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: 64)
            .bindMemory(to: Element.self, capacity: count)
    }

    /// Good as long as this is there.
    var pointer: UnsafeMutablePointer<Element> { start }

    var isEmpty: Bool { count == 0 }

    var indices: Range<Int> { 0..<count }

    subscript(index: Int) -> Element {
        @inline(__always)
        unsafeAddress {
            assert(index >= 0 && index < count)
            return UnsafePointer(start + index)
        }
        @inline(__always)
        nonmutating unsafeMutableAddress {
            assert(index >= 0 && index < count)
            return start + index
        }
    }
}

extension FixedArray {
    init(_ elements: [Element]) { self.init(count: elements.count) { elements[$0] } }

    /// Sorts the first ones.
    func sort(first count: Int, by precedes: (Element, Element) -> Bool) {
        assert(count <= self.count)
        var elements = UnsafeMutableBufferPointer(start: start, count: count)
        elements.sort(by: precedes)
    }
}
