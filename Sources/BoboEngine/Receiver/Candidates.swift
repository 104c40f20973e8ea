import CEL
import CSimdjson

/// Which of a topic's patterns may care about an event, found by the values in it.
final class Candidates {
    /// A pattern, by its place among those of the topic, and the bounds beyond which one of its fields must lie.
    private struct Candidate {
        let number: Int
        let path: Int
        let below: Double
        let above: Double
        /// Whether it has been passed over before.
        var isAcquitted: Bool

        init(_ number: Int, _ bounds: Guard.Bounds?) {
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
    private final class Equalities {
        let path: Int
        /// Places in `lists`.
        @exclusivity(unchecked) private var texts = BytesTable()
        @exclusivity(unchecked) private var others: [KeyValue: Int32] = [:]
        @exclusivity(unchecked) private var lists: ContiguousArray<ContiguousArray<Candidate>> = []
        /// For a message that does not have the field: the predicates are to fail.
        @exclusivity(unchecked) private var all: ContiguousArray<Candidate> = []

        init(path: Int) { self.path = path }

        func insert(_ candidate: Candidate, _ values: [KeyValue]) {
            all.append(candidate)
            for value in values {
                let known = value.text.map { text in text.withBytes { texts[$0] } } ?? others[value]
                if let known {
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

        @inline(__always)
        func forEach(_ content: EventContent, acquit: (Int) -> Void, _ body: (Int) -> Void) {
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
                let candidate = lists[place][index]
                if candidate.mayCare(content) {
                    body(candidate.number)
                } else if !candidate.isAcquitted {
                    lists[place][index].isAcquitted = true
                    acquit(candidate.number)
                }
            }
        }

        private func forAll(_ body: (Int) -> Void) {
            for candidate in all { body(candidate.number) }
        }
    }

    /// The patterns that care only where one field lies beyond their bounds, by these.
    private final class Thresholds {
        let path: Int
        @exclusivity(unchecked) private var all: ContiguousArray<Candidate> = []
        /// Ascending.
        private var byAbove: ContiguousArray<Candidate> = []
        /// Descending.
        private var byBelow: ContiguousArray<Candidate> = []
        /// Those that have never been passed over, of many.
        @exclusivity(unchecked) private var onTrial: ContiguousArray<Candidate> = []

        init(path: Int) { self.path = path }

        func insert(_ candidate: Candidate) { all.append(candidate) }

        /// So few are looked through one by one, in their order.
        var areFew: Bool { all.count <= 8 }

        func sort() {
            guard !areFew else { return }
            byAbove = ContiguousArray(all.filter { $0.above < .infinity }.sorted { $0.above < $1.above })
            byBelow = ContiguousArray(all.filter { $0.below > -.infinity }.sorted { $0.below > $1.below })
            onTrial = all
        }

        /// Between these no pattern cares, and none of their conditions is on trial.
        var idle: Guard.Bounds? {
            guard onTrial.isEmpty, !areFew || all.allSatisfy(\.isAcquitted) else { return nil }
            return Guard.Bounds(
                path: path, below: all.map(\.below).max() ?? -.infinity, above: all.map(\.above).min() ?? .infinity)
        }

        @inline(__always)
        func forEach(_ content: EventContent, acquit: (Int) -> Void, _ body: (Int) -> Void) {
            guard let number = content.number(path) else {
                for candidate in all { body(candidate.number) }
                return
            }
            guard areFew else { return forEachSorted(number, acquit: acquit, body) }
            for index in all.indices {
                let candidate = all[index]
                if number >= candidate.above || number <= candidate.below {
                    body(candidate.number)
                } else if !candidate.isAcquitted {
                    all[index].isAcquitted = true
                    acquit(candidate.number)
                }
            }
        }

        private func forEachSorted(_ number: Double, acquit: (Int) -> Void, _ body: (Int) -> Void) {
            if !onTrial.isEmpty {
                onTrial.removeAll { candidate in
                    let isPassedOver = number < candidate.above && number > candidate.below
                    if isPassedOver, !candidate.isAcquitted { acquit(candidate.number) }
                    return isPassedOver
                }
            }
            for candidate in byAbove {
                guard candidate.above <= number else { break }
                body(candidate.number)
            }
            for candidate in byBelow {
                guard candidate.below >= number else { break }
                if candidate.above > number { body(candidate.number) }
            }
        }
    }

    private let always: ContiguousArray<Int>
    private let equalities: ContiguousArray<Equalities>
    private let thresholds: ContiguousArray<Thresholds>
    @exclusivity(unchecked) private var found = ContiguousArray<Int>()

    /// Told of each pattern the first time that it is passed over for its bounds: none of its conditions fails then.
    private let acquit: (Int) -> Void

    /// - Parameter guards: Those of the topic's patterns, in the order of output; nil for a pattern that cares for each event.
    init(_ guards: some Sequence<Guard?>, acquit: @escaping (Int) -> Void) {
        self.acquit = acquit
        var always: ContiguousArray<Int> = []
        var equalities: ContiguousArray<Equalities> = []
        var thresholds: ContiguousArray<Thresholds> = []
        for (number, guardian) in guards.enumerated() {
            guard let guardian else {
                always.append(number)
                continue
            }
            let candidate = Candidate(number, guardian.bounds)
            if let equality = guardian.equality {
                let known = equalities.first { $0.path == equality.path }
                let index = known ?? Equalities(path: equality.path)
                if known == nil { equalities.append(index) }
                index.insert(candidate, equality.values)
            } else {
                let known = thresholds.firstIndex { $0.path == candidate.path }
                if known == nil { thresholds.append(Thresholds(path: candidate.path)) }
                thresholds[known ?? thresholds.endIndex - 1].insert(candidate)
            }
        }
        for index in thresholds { index.sort() }
        self.always = always
        self.equalities = equalities
        self.thresholds = thresholds
    }

    var idleBounds: Guard.Bounds? {
        always.isEmpty && equalities.isEmpty && thresholds.count == 1 ? thresholds[0].idle : nil
    }

    @inline(__always)
    func areNone(of content: EventContent) -> Bool {
        guard always.isEmpty else { return false }
        var areNone = true
        for index in equalities { index.forEach(content, acquit: acquit) { _ in areNone = false } }
        guard areNone else { return false }
        for index in thresholds { index.forEach(content, acquit: acquit) { _ in areNone = false } }
        return areNone
    }

    /// Calls `body` with the numbers of those patterns that may care about the event, in the order of output.
    @inline(__always)
    func forEach(in content: EventContent, _ body: (Int) -> Void) {
        switch (always.isEmpty, equalities.count, thresholds.count) {
        case (_, 0, 0): for number in always { body(number) }
        case (true, 1, 0): equalities[0].forEach(content, acquit: acquit, body)
        case (true, 0, 1) where thresholds[0].areFew: thresholds[0].forEach(content, acquit: acquit, body)
        default: forEachSorted(in: content, body)
        }
    }

    @inline(never)
    private func forEachSorted(in content: EventContent, _ body: (Int) -> Void) {
        var numbers = found
        found = []
        numbers.append(contentsOf: always)
        for index in equalities { index.forEach(content, acquit: acquit) { numbers.append($0) } }
        for index in thresholds { index.forEach(content, acquit: acquit) { numbers.append($0) } }
        numbers.sort()
        for number in numbers { body(number) }
        numbers.removeAll(keepingCapacity: true)
        found = numbers
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
