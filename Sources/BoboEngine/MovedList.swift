/// A list whose elements are moved out in their order, so that no reference to them is counted on the way.
struct MovedList<Element>: ~Copyable {
    // Safe: this alone owns the memory, of which the first `count` of `capacity` elements are initialised.
    private var start: UnsafeMutablePointer<Element>
    private var capacity = 4
    private(set) var count = 0

    init() { start = .allocate(capacity: 4) }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (start + count).initialize(to: element)
        count += 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: start, count: count)
        start.deallocate()
        start = larger
        capacity *= 2
    }

    /// Sorts those from a place on, which mostly are in order.
    mutating func sort(from first: Int, by precedes: (Element, Element) -> Bool) {
        var elements = UnsafeMutableBufferPointer(start: start + first, count: count - first)
        for index in elements.indices.dropFirst() where precedes(elements[index], elements[index - 1]) {
            elements.sort(by: precedes)
            return
        }
    }

    /// Moves all out, one after the other. None is added meanwhile.
    mutating func drain(_ body: (consuming Element) throws -> Void) rethrows {
        let all = count
        var next = 0
        count = 0
        // Those that were not reached go, where it was stopped.
        defer { (start + next).deinitialize(count: all - next) }
        while next < all {
            next += 1
            try body((start + next - 1).move())
        }
    }
}
