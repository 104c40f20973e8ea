/// Room for values that come and go, addressed by small numbers that are used again. Values do not move but when it grows,
/// and getting one costs neither a retain nor a check for exclusive use, which an array in a class would.
struct Slab<Element>: ~Copyable {
    // Safe: the slab alone owns the memory, all `capacity` elements of it are initialised at all times, and indices are
    // handed out by `insert` alone. Pointers from the subscript are not kept across an `insert`.
    private var elements: UnsafeMutablePointer<Element>
    private var capacity: Int
    private var free: [Int32]
    private let empty: Element

    private(set) var count = 0

    init(empty: Element, capacity: Int = 16) {
        self.empty = empty
        self.capacity = capacity
        elements = .allocate(capacity: capacity)
        elements.initialize(repeating: empty, count: capacity)
        free = (0..<Int32(capacity)).reversed()
    }

    deinit {
        elements.deinitialize(count: capacity)
        elements.deallocate()
    }

    mutating func insert(_ element: consuming Element) -> Int32 {
        if free.isEmpty { grow() }
        let index = free.removeLast()
        elements[Int(index)] = element
        count += 1
        return index
    }

    mutating func remove(_ index: Int32) {
        elements[Int(index)] = empty
        free.append(index)
        count -= 1
    }

    subscript(index: Int32) -> Element {
        unsafeAddress { UnsafePointer(elements + Int(index)) }
        nonmutating unsafeMutableAddress { elements + Int(index) }
    }

    /// Also of those places that hold nothing.
    func forEachPlace(_ body: (Int32) -> Void) {
        for index in 0..<capacity { body(Int32(index)) }
    }

    /// The elements as they are now, to be read while something else changes; not to be kept.
    var view: UnsafePointer<Element> { UnsafePointer(elements) }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: elements, count: capacity)
        (larger + capacity).initialize(repeating: empty, count: capacity)
        free.append(contentsOf: (Int32(capacity)..<Int32(capacity * 2)).reversed())
        elements.deallocate()
        elements = larger
        capacity *= 2
    }
}
