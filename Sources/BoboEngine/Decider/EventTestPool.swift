import CEL

/// The tests of a pattern, in one piece, and what they point to, at addresses that stay as long as this is there.
final class EventTestPool {
    // Safe: this alone owns the memory, the first `count` tests are initialised, and no more are made than there is room for.
    private let tests: UnsafeMutableBufferPointer<EventTest>
    private var count = 0
    private var texts: [UnsafeMutableRawBufferPointer] = []

    /// - Parameter expressions: all that tests will be made of.
    init(for expressions: [Program]) {
        let count = expressions.reduce(0) { $0 + $1.tests.count }
        // At the beginning of a line of the processor's caches.
        let room = UnsafeMutableRawPointer.allocate(
            byteCount: count * MemoryLayout<EventTest>.stride, alignment: 64)
        tests = UnsafeMutableBufferPointer(
            start: room.bindMemory(to: EventTest.self, capacity: count), count: count)
    }

    deinit {
        for text in texts { text.deallocate() }
        tests.deallocate()
    }

    func add(_ text: String) -> UnsafeRawBufferPointer {
        let bytes = Array(text.utf8)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        texts.append(copy)
        return UnsafeRawBufferPointer(copy)
    }

    /// All that the expression asks, where these are but fields of the event under check; else none.
    func tests(of program: Program?) -> UnsafeBufferPointer<EventTest> {
        let event = ExpressionEnvironment.Slot.event.rawValue
        guard let program, program.isConjunctionOfTests, !program.tests.isEmpty,
            program.tests.allSatisfy({ $0.slot == event }), count + program.tests.count <= tests.count
        else { return .none }
        let first = count
        for test in program.tests {
            tests.initializeElement(at: count, to: EventTest(test, self))
            count += 1
        }
        return UnsafeBufferPointer(rebasing: tests[first..<count])
    }
}
