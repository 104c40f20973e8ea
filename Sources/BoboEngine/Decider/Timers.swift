import HeapModule

/// What falls due when the clock reaches a time.
struct Timer: Comparable, Sendable {
    enum Subject: Sendable {
        /// Runs of the pattern may have outlived its `within`.
        case within
        /// The wait of runs at an `absent` block: the node that they hang on, and the number that it bears while it waits.
        case absent(node: Int32, number: UInt64)
        /// The rest of some key may be over.
        case rest
    }

    /// Milliseconds since 1970.
    let deadline: Int64
    /// The pattern's place in the order of output.
    let pattern: Int
    /// The start of the first run that it concerns.
    let start: UInt64
    let subject: Subject

    /// Of those of one pattern and deadline, `within` comes first: a run that it halts does not outlast its wait.
    private var rank: Int {
        switch subject {
        case .within: 0
        case .absent: 1
        case .rest: 2
        }
    }

    static func < (left: Timer, right: Timer) -> Bool {
        (left.deadline, left.pattern, left.rank, left.start) < (right.deadline, right.pattern, right.rank, right.start)
    }

    static func == (left: Timer, right: Timer) -> Bool {
        (left.deadline, left.pattern, left.rank, left.start) == (right.deadline, right.pattern, right.rank, right.start)
    }
}

/// The timers in the order of their deadlines. Those whose runs are gone stay in the queue until they are due, or until
/// they are the larger part of it.
struct Timers {
    private var heap = Heap<Timer>()
    private var abandoned = 0
    private var lastNumber: UInt64 = 0

    var first: Timer? { heap.min }

    /// The deadline of the first, `.max` where there is none.
    private(set) var earliest = Int64.max

    private mutating func look() { earliest = heap.min?.deadline ?? .max }

    mutating func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    mutating func insert(_ timer: Timer) {
        heap.insert(timer)
        earliest = min(earliest, timer.deadline)
    }

    mutating func removeFirst() -> Timer? {
        defer { look() }
        return heap.popMin()
    }

    /// Gives the patterns of the timers other places; the timers of patterns that have none are dropped.
    mutating func renumber(_ place: (Int) -> Int?) {
        heap = Heap(
            heap.unordered.compactMap { timer in
                place(timer.pattern).map {
                    Timer(deadline: timer.deadline, pattern: $0, start: timer.start, subject: timer.subject)
                }
            })
        look()
    }

    /// The machine's date has stepped.
    mutating func shift(by milliseconds: Int64) {
        heap = Heap(
            heap.unordered.map {
                Timer(
                    deadline: $0.deadline.addingClamped(milliseconds), pattern: $0.pattern, start: $0.start,
                    subject: $0.subject)
            })
        look()
    }

    var count: Int { heap.count }

    /// Says that so many timers are of no use any more; `isLive` tells which are when it is time to tidy up.
    mutating func abandon(_ count: Int, _ isLive: (Timer) -> Bool) {
        abandoned += count
        guard abandoned > 1024, abandoned > heap.count / 2 else { return }
        heap = Heap(heap.unordered.filter(isLive))
        look()
        abandoned = 0
    }
}
