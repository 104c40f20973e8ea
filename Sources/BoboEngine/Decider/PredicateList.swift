/// Conditions that are asked one after the other, without a reference counted on the way.
struct PredicateList: ~Copyable {
    // Safe: retained from `init` to `deinit`.
    private let predicates: FixedArray<Unmanaged<CompiledPredicate>>
    /// Of the only condition, where it asks but fields of the event: so the answer is mostly found without a look at it.
    let testsStart: UnsafePointer<EventTest>?
    private let testedGroup: Int32
    private let testCount: Int16
    /// Whether the condition with these tests is to hear that it has been answered.
    private var isOnTrial = true

    init(_ all: [CompiledPredicate]) {
        predicates = FixedArray(all.map { Unmanaged.passRetained($0) })
        let sole = all.count == 1 && all[0].filterNumber == nil ? all[0] : nil
        let count = sole.flatMap { Int16(exactly: $0.tests.count) } ?? 0
        testsStart = count == 0 ? nil : sole?.tests.baseAddress
        testedGroup = sole?.group ?? Accepted.noGroup
        testCount = count
    }

    deinit {
        for number in predicates.indices { predicates[number].release() }
    }

    var all: [CompiledPredicate] { predicates.indices.map { self[$0] } }

    var count: Int { predicates.count }

    subscript(number: Int) -> CompiledPredicate { predicates[number].takeUnretainedValue() }

    /// There is an event that none of them fails on.
    mutating func acquit() {
        isOnTrial = false
        for number in predicates.indices { predicates[number]._withUnsafeGuaranteedRef { $0.acquit() } }
    }

    /// nil: the conditions themselves are to be asked.
    @inline(__always)
    private mutating func test(_ offer: Offer, _ scope: Scope) -> Outcome? {
        guard let testsStart, scope.witness == nil,
            let outcome = UnsafeBufferPointer(start: testsStart, count: Int(testCount)).ask(offer.event.content)
        else { return nil }
        if isOnTrial {
            isOnTrial = false
            self[0].acquit()
        }
        return outcome
    }

    /// Whether tests tell that an event with that content will match.
    @inline(__always)
    func foresees(_ content: EventContent) -> Bool {
        guard let testsStart else { return false }
        return UnsafeBufferPointer(start: testsStart, count: Int(testCount)).ask(content) == .match
    }

    @inline(__always)
    private func evaluate(_ number: Int, _ offer: Offer, _ scope: Scope) -> Outcome {
        predicates[number]._withUnsafeGuaranteedRef { $0.evaluate(scope, offer) }
    }

    /// Joined as by `||`.
    @inline(__always)
    mutating func any(_ offer: Offer, _ scope: Scope) -> Outcome {
        var group: Int32 = 0
        return any(offer, scope, group: &group)
    }

    /// - Parameter group: becomes that of the first that matches.
    @inline(__always)
    mutating func any(_ offer: Offer, _ scope: Scope, group: inout Int32) -> Outcome {
        if let outcome = test(offer, scope) {
            if outcome == .match { group = testedGroup }
            return outcome
        }
        var result = Outcome.noMatch
        for number in predicates.indices {
            switch evaluate(number, offer, scope) {
            case .match:
                group = predicates[number]._withUnsafeGuaranteedRef { $0.group }
                return .match
            case .failed: result = .failed
            case .noMatch: break
            }
        }
        return result
    }

    /// Joined as by `&&`.
    @inline(__always)
    mutating func every(_ offer: Offer, _ scope: Scope) -> Outcome {
        if let outcome = test(offer, scope) { return outcome }
        var result = Outcome.match
        for number in predicates.indices {
            switch evaluate(number, offer, scope) {
            case .noMatch: return .noMatch
            case .failed: result = .failed
            case .match: break
            }
        }
        return result
    }

    /// The first that matches, of those that are not satisfied: a bit each.
    func first(notIn satisfied: UInt64, _ offer: Offer, _ scope: Scope) -> Int? {
        for number in predicates.indices where satisfied & (1 << UInt64(number)) == 0 {
            if evaluate(number, offer, scope) == .match { return number }
        }
        return nil
    }
}
