import CEL
import CSimdjson

/// Which of some patterns may care about an event, found by the values in it. All topics that the same patterns see share it, so
/// that it stays in the processor's caches.
///
/// It is asked of every event, so it lies in few pieces of memory, and counts no reference on the way.
final class Candidates {
    private let always: FixedArray<Int32>
    private let equalities: FixedArray<EqualityIndex>
    private let thresholds: FixedArray<ThresholdIndex>
    /// Of the last event: the patterns, by their places among all. There is room for each once, and each is in
    /// one index alone.
    private let found: FixedArray<Int32>
    /// Whether they are found in another order than that of output.
    private let isMixed: Bool
    /// Told of each pattern the first time that it is passed over for its bounds: none of its conditions fails then.
    private let acquit: (Int32) -> Void

    convenience init(_ matchers: [Matcher]) {
        // What a pattern passes by is to be explained, too.
        self.init(
            matchers.map { $0.witness == nil ? $0.compiled.guardian : nil },
            acquit: { number in matchers[Int(number)].compiled.acquit() })
    }

    /// - Parameter guards: Those of the patterns, in the order of output; nil for a pattern that cares for each event.
    init(_ guards: [Guard?], acquit: @escaping (Int32) -> Void) {
        self.acquit = acquit
        var always: [Int32] = []
        var equal: [(path: Int, candidates: [(Candidate, [KeyValue])])] = []
        var ordered: [(path: Int, candidates: [Candidate])] = []
        for (number, guardian) in guards.enumerated() {
            let number = Int32(number)
            guard let guardian else {
                always.append(number)
                continue
            }
            let candidate = Candidate(number, guardian.bounds)
            if let equality = guardian.equality {
                let place = equal.firstIndex { $0.path == equality.path } ?? equal.endIndex
                if place == equal.endIndex { equal.append((equality.path, [])) }
                equal[place].candidates.append((candidate, equality.values))
            } else {
                let place = ordered.firstIndex { $0.path == candidate.path } ?? ordered.endIndex
                if place == ordered.endIndex { ordered.append((candidate.path, [])) }
                ordered[place].candidates.append(candidate)
            }
        }
        self.always = FixedArray(always)
        equalities = FixedArray(count: equal.count) { EqualityIndex(path: equal[$0].path, equal[$0].candidates) }
        thresholds = FixedArray(count: ordered.count) { ThresholdIndex(path: ordered[$0].path, ordered[$0].candidates) }
        found = FixedArray(count: guards.count) { _ in 0 }
        let parts = (always.isEmpty ? 0 : 1) + equal.count + ordered.count
        isMixed = parts > 1 || ordered.contains { $0.candidates.count > ThresholdIndex.few }
    }

    /// Between these no pattern cares, where that is all there is to it.
    var idleBounds: Guard.Bounds? {
        always.isEmpty && equalities.isEmpty && thresholds.count == 1 ? thresholds[0].idle : nil
    }

    /// Finds those patterns that may care about the event: `number(_:)` has them, in the order of output, till the next call.
    @inline(__always)
    func find(in content: EventContent) -> Int {
        // `acquit` in closures, since it is seldom called, and to hand it on would count a reference each time.
        var count = 0
        for place in always.indices { note(always[place], &count) }
        for place in equalities.indices {
            equalities[place].forEach(content, acquit: { acquit($0) }) { note($0, &count) }
        }
        for place in thresholds.indices {
            thresholds[place].forEach(content, acquit: { acquit($0) }) { note($0, &count) }
        }
        if count > 1, isMixed { found.sort(first: count, by: <) }
        return count
    }

    @inline(__always)
    private func note(_ number: Int32, _ count: inout Int) {
        found[count] = number
        count += 1
    }

    @inline(__always)
    func number(_ place: Int) -> Int { Int(found[place]) }
}

/// A pattern, by its place among all, and the bounds beyond which one of its fields must lie.
struct Candidate {
    let number: Int32
    /// Whether it has been passed over before.
    var isAcquitted: Bool
    let path: Int
    let below: Double
    let above: Double

    init(_ number: Int32, _ bounds: Guard.Bounds?) {
        self.number = number
        path = bounds?.path ?? -1
        below = bounds?.below ?? .infinity
        above = bounds?.above ?? -.infinity
        isAcquitted = bounds?.areOfInput == true
    }

    @inline(__always)
    func mayCare(_ content: EventContent) -> Bool {
        // Where there is no number, its predicates are to fail.
        guard path >= 0, let number = content.number(path) else { return true }
        return number >= above || number <= below
    }
}

/// The patterns that care only where one field equals one of their constants.
struct EqualityIndex: ~Copyable {
    private let path: Int
    /// Places in `lists`.
    private let texts: BytesTable
    private let others: [KeyValue: Int32]
    private let lists: FixedArray<FixedArray<Candidate>>
    /// For a message that does not have the field: the predicates are to fail.
    private let all: FixedArray<Int32>

    init(path: Int, _ candidates: [(candidate: Candidate, values: [KeyValue])]) {
        self.path = path
        var texts = BytesTable()
        var others: [KeyValue: Int32] = [:]
        var lists: [[Candidate]] = []
        for (candidate, values) in candidates {
            for value in values {
                if let known = value.text.map({ text in text.withBytes { texts[$0] } }) ?? others[value] {
                    lists[Int(known)].append(candidate)
                    continue
                }
                let place = Int32(lists.count)
                lists.append([candidate])
                if let text = value.text {
                    text.withBytes { texts.insert(place, for: $0) }
                } else {
                    others[value] = place
                }
            }
        }
        self.texts = texts
        self.others = others
        self.lists = FixedArray(count: lists.count) { FixedArray(lists[$0]) }
        all = FixedArray(candidates.map(\.candidate.number))
    }

    @inline(__always)
    func forEach(_ content: EventContent, acquit: (Int32) -> Void, _ body: (Int32) -> Void) {
        guard let node = content.node(path) else { return forAll(body) }
        let place: Int32?
        if bobo_json_kind(node.pointee.kind) == bobo_json_text {
            place = texts[UnsafeRawBufferPointer(start: node.pointee.text, count: Int(node.pointee.count))]
        } else {
            guard let key = KeyValue(EventContent.value(node)) else { return forAll(body) }
            place = others[key]
        }
        guard let place = place.map(Int.init) else { return }
        for index in lists[place].indices {
            if lists[place][index].mayCare(content) {
                body(lists[place][index].number)
            } else if !lists[place][index].isAcquitted {
                lists[place][index].isAcquitted = true
                acquit(lists[place][index].number)
            }
        }
    }

    private func forAll(_ body: (Int32) -> Void) {
        for index in all.indices { body(all[index]) }
    }
}

/// The patterns that care only where one field lies beyond their bounds, by these.
struct ThresholdIndex: ~Copyable {
    private let path: Int
    private let all: FixedArray<Candidate>
    /// Ascending.
    private let byAbove: FixedArray<Candidate>
    /// Descending.
    private let byBelow: FixedArray<Candidate>
    /// How many of `all` have never been passed over; of many it is looked through them as long as there are some.
    private let onTrial: FixedArray<Int>

    /// So few are looked through one by one, in their order.
    private let areFew: Bool
    static let few = 8

    init(path: Int, _ candidates: [Candidate]) {
        self.path = path
        areFew = candidates.count <= ThresholdIndex.few
        all = FixedArray(candidates)
        onTrial = FixedArray([areFew ? 0 : candidates.count { !$0.isAcquitted }])
        byAbove = FixedArray(areFew ? [] : candidates.filter { $0.above < .infinity }.sorted { $0.above < $1.above })
        byBelow = FixedArray(areFew ? [] : candidates.filter { $0.below > -.infinity }.sorted { $0.below > $1.below })
    }

    /// Between these no pattern cares.
    var idle: Guard.Bounds {
        var bounds = Guard.Bounds(path: path, below: -.infinity, above: .infinity)
        for index in all.indices {
            bounds.below = max(bounds.below, all[index].below)
            bounds.above = min(bounds.above, all[index].above)
        }
        return bounds
    }

    @inline(__always)
    func forEach(_ content: EventContent, acquit: (Int32) -> Void, _ body: (Int32) -> Void) {
        guard let number = content.number(path) else {
            for index in all.indices { body(all[index].number) }
            return
        }
        guard areFew else { return forEachSorted(number, acquit: acquit, body) }
        for index in all.indices {
            if number >= all[index].above || number <= all[index].below {
                body(all[index].number)
            } else if !all[index].isAcquitted {
                all[index].isAcquitted = true
                acquit(all[index].number)
            }
        }
    }

    private func forEachSorted(_ number: Double, acquit: (Int32) -> Void, _ body: (Int32) -> Void) {
        if onTrial[0] > 0 {
            for index in all.indices where !all[index].isAcquitted {
                guard number < all[index].above, number > all[index].below else { continue }
                all[index].isAcquitted = true
                onTrial[0] -= 1
                acquit(all[index].number)
            }
        }
        for index in byAbove.indices {
            guard byAbove[index].above <= number else { break }
            body(byAbove[index].number)
        }
        for index in byBelow.indices {
            guard byBelow[index].below >= number else { break }
            if byBelow[index].above > number { body(byBelow[index].number) }
        }
    }
}

extension EventContent {
    /// The number at a path; nil where there is something else, also a whole number that no double holds, or nothing.
    @inline(__always)
    func number(_ path: Int) -> Double? {
        guard let node = node(path), bobo_json_kind(node.pointee.kind) == bobo_json_number else { return nil }
        return node.pointee.number
    }
}
