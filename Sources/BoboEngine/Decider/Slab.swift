#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a slab holds.
protocol Vacating {
    /// What stands where nothing does.
    static var vacancy: Self { get }
}

/// Room for values that come and go, addressed by small numbers that are used again. Values move only when it grows, and
/// getting one costs neither a retain nor a check for exclusive use, which an array in a class would.
struct Slab<Element: Vacating>: ~Copyable {
    // Safe: the slab alone owns the memory, the first `used` of `capacity` elements are initialised at all times, and indices
    // are handed out by `insert` alone. Pointers from the subscript are not kept across an `insert`. No element has a weak
    // reference, so that a move of its bytes is a move of it.
    private var elements: UnsafeMutablePointer<Element>
    private var capacity: Int
    private var used = 0
    private var gaps: [Int32] = []

    private(set) var count = 0

    init(capacity: Int = 16) {
        self.capacity = capacity
        elements = Slab.room(nil, capacity)
    }

    deinit {
        elements.deinitialize(count: used)
        free(elements)
    }

    mutating func insert(_ element: consuming Element) -> Int32 {
        count += 1
        if let index = gaps.popLast() {
            elements[Int(index)] = element
            return index
        }
        if used == capacity { grow() }
        (elements + used).initialize(to: element)
        used += 1
        return Int32(used - 1)
    }

    /// Removes one and hands it on.
    mutating func take(_ index: Int32) -> Element {
        let element = (elements + Int(index)).move()
        (elements + Int(index)).initialize(to: Element.vacancy)
        gaps.append(index)
        count -= 1
        return element
    }

    mutating func remove(_ index: Int32) {
        elements[Int(index)] = Element.vacancy
        gaps.append(index)
        count -= 1
    }

    subscript(index: Int32) -> Element {
        unsafeAddress { UnsafePointer(elements + Int(index)) }
        nonmutating unsafeMutableAddress { elements + Int(index) }
    }

    /// Also of those places that hold nothing.
    func forEachPlace(_ body: (Int32) -> Void) {
        for index in 0..<used { body(Int32(index)) }
    }

    /// The elements as they are now, to be read while something else changes; not to be kept.
    var view: UnsafePointer<Element> { UnsafePointer(elements) }

    @inline(never)
    private mutating func grow() {
        capacity *= 2
        elements = Slab.room(elements, capacity)
    }

    // MARK: Memory

    /// Room of another size; what lay in the former moves along. Of much memory the system moves the pages, and those that
    /// nothing was written to take up none.
    private static func room(_ former: UnsafeMutablePointer<Element>?, _ capacity: Int) -> UnsafeMutablePointer<Element>
    {
        let size = max(1, capacity * MemoryLayout<Element>.stride)
        guard MemoryLayout<Element>.alignment <= 16, let room = realloc(former, size) else {
            preconditionFailure("no memory for \(size) bytes")
        }
        return room.bindMemory(to: Element.self, capacity: capacity)
    }
}
