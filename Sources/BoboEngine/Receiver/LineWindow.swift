import CSimdjson

/// Lines of an event file that are looked at together before they are taken: where their topics lead to.
///
/// Of ten thousand topics what an event leads to is hardly ever in the processor's caches. So it is asked for in advance, for all
/// lines of a window step by step, since each step reads the addresses that it asks for from what the step before has. Between
/// the steps the lines of the window before are taken, so that nobody waits for memory.
final class LineWindow {
    /// So many lines are looked at together.
    static let size = 64

    /// Room for lines, for who has none.
    let room = FixedArray(count: LineWindow.size) { _ in bobo_scanned_line() }
    // Safe: whoever opens the window keeps the lines till it is taken.
    private(set) var lines: UnsafePointer<bobo_scanned_line>
    private(set) var count = 0
    private let hashes = FixedArray<UInt64>(count: LineWindow.size) { _ in 0 }
    private let slots = FixedArray<UnsafeMutablePointer<TopicTable.Slot>?>(count: LineWindow.size) { _ in nil }
    // Safe: the routes are those of `slots`.
    /// Those lines that patterns care about.
    private let active = FixedArray<(line: Int, route: Unmanaged<Route>)?>(count: LineWindow.size) { _ in nil }
    private var activeCount = 0
    /// By line, a bit each: nobody cares about it, which is known without a further look at what its topic leads to.
    private var idle: UInt64 = 0
    /// What is known of topics may be forgotten before the window is taken.
    private var generation = 0

    init() { lines = UnsafePointer(room.pointer) }

    /// - Parameter count: at most `size`.
    func open(_ lines: UnsafePointer<bobo_scanned_line>, _ count: Int, _ routes: Routes) {
        self.lines = lines
        self.count = count
        activeCount = 0
        idle = 0
        generation = routes.generation
    }

    /// Where the topic of a line leads to, by its number; nil: not known yet.
    @inline(__always)
    func slot(_ line: Int, _ routes: Routes) -> UnsafeMutablePointer<TopicTable.Slot>? {
        routes.generation == generation ? slots[line] : nil
    }

    /// Whether nobody cares about a message that a line is, and the topic has had such before.
    @inline(__always)
    func isIdle(_ line: Int) -> Bool { idle >> UInt64(line) & 1 != 0 }

    // MARK: Steps

    /// Those that find where the topics lead to.
    static let findingSteps = 3
    static let steps = findingSteps + Decider.steps

    func look(_ steps: Range<Int>, _ routes: Routes, _ decider: Decider) {
        for step in steps { look(step, routes, decider) }
    }

    private func look(_ step: Int, _ routes: Routes, _ decider: Decider) {
        guard routes.generation == generation else { return }
        switch step {
        case 0: routes.known.hash(lines, count, into: hashes)
        case 1: routes.known.look(for: hashes, of: lines, count, into: slots)
        case 2: routes.known.confirm(slots, lines, count)
        case LineWindow.findingSteps:
            findActive()
            fallthrough
        default:
            for number in 0..<activeCount {
                guard let (line, route) = active[number] else { continue }
                let content = EventContent(lines[line])
                route._withUnsafeGuaranteedRef { decider.foresee($0, content, step - LineWindow.findingSteps) }
            }
        }
    }

    private func findActive() {
        for line in 0..<count {
            guard let slot = slots[line] else { continue }
            if slot.pointee.isIdle(EventContent(lines[line])) {
                if slot.pointee.isPassedOver { idle |= 1 << UInt64(line) }
                continue
            }
            active[activeCount] = (line, slot.pointee.reference)
            activeCount += 1
        }
    }
}
