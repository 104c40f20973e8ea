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
    /// One gap; -1: none.
    private var gap: Int32 = -1
    /// The others.
    private var gaps: [Int32] = []
    private var capacity: Int32
    private var used: Int32 = 0

    private var live: Int32 = 0
    /// So many bytes before the elements the memory begins.
    private var offset: Int32 = 0

    var count: Int { Int(live) }

    init(capacity: Int32 = 16) {
        self.capacity = capacity
        (elements, offset) = Slab.room(nil, 0, capacity: Int(capacity), used: 0)
    }

    deinit {
        elements.deinitialize(count: Int(used))
        free(UnsafeMutableRawPointer(elements) - Int(offset))
    }

    mutating func insert(_ element: consuming Element) -> Int32 {
        live += 1
        if gap >= 0 {
            let index = gap
            gap = gaps.isEmpty ? -1 : gaps.removeLast()
            elements[Int(index)] = element
            return index
        }
        if used == capacity { grow() }
        (elements + Int(used)).initialize(to: element)
        used += 1
        return used - 1
    }

    /// Removes one and hands it on.
    mutating func take(_ index: Int32) -> Element {
        let element = (elements + Int(index)).move()
        (elements + Int(index)).initialize(to: Element.vacancy)
        leaveGap(index)
        live -= 1
        return element
    }

    mutating func remove(_ index: Int32) {
        elements[Int(index)] = Element.vacancy
        leaveGap(index)
        live -= 1
    }

    @inline(__always)
    private mutating func leaveGap(_ index: Int32) {
        if gap >= 0 { gaps.append(gap) }
        gap = index
    }

    subscript(index: Int32) -> Element {
        unsafeAddress { UnsafePointer(elements + Int(index)) }
        nonmutating unsafeMutableAddress { elements + Int(index) }
    }

    /// Also of those places that hold nothing.
    func forEachPlace(_ body: (Int32) -> Void) {
        for index in 0..<used { body(index) }
    }

    /// The elements as they are now, to be read while something else changes; not to be kept.
    var view: UnsafePointer<Element> { UnsafePointer(elements) }

    @inline(never)
    private mutating func grow() {
        capacity *= 2
        let former = UnsafeMutableRawPointer(elements) - Int(offset)
        (elements, offset) = Slab.room(former, offset, capacity: Int(capacity), used: Int(used))
    }

    // MARK: Memory

    /// Room of another size; what lay in the former moves along. Of much memory the system moves the pages, and those that
    /// nothing was written to take up none. Elements that fill lines of the processor's caches, of 64 bytes, begin where these
    /// do.
    private static func room(
        _ former: UnsafeMutableRawPointer?, _ formerOffset: Int32, capacity: Int, used: Int
    ) -> (UnsafeMutablePointer<Element>, offset: Int32) {
        let stride = MemoryLayout<Element>.stride
        let isAligned = stride % 64 == 0
        let size = max(1, capacity * stride) + (isAligned ? 64 - 16 : 0)
        guard MemoryLayout<Element>.alignment <= 16, let room = realloc(former, size) else {
            preconditionFailure("no memory for \(size) bytes")
        }
        let offset = isAligned ? -Int(bitPattern: room) & 63 : 0
        if offset != formerOffset, used > 0 { memmove(room + offset, room + Int(formerOffset), used * stride) }
        return ((room + offset).bindMemory(to: Element.self, capacity: capacity), Int32(offset))
    }
}
