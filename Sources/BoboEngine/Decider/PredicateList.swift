/// Conditions that are asked one after the other, without a reference counted on the way.
struct PredicateList: ~Copyable {
    let all: [CompiledPredicate]
    // Safe: `all` holds them as long as this is there. Mostly there is one.
    let first: Unmanaged<CompiledPredicate>?
    private let unheld: FixedArray<Unmanaged<CompiledPredicate>>

    init(_ all: [CompiledPredicate]) {
        self.all = all
        first = all.first.map { Unmanaged.passUnretained($0) }
        unheld = FixedArray(all.map { Unmanaged.passUnretained($0) })
    }

    var count: Int { unheld.count }

    subscript(number: Int) -> CompiledPredicate { all[number] }

    @inline(__always)
    private func unheld(_ number: Int) -> Unmanaged<CompiledPredicate> {
        if number == 0, let first { first } else { unheld[number] }
    }

    @inline(__always)
    private func evaluate(_ number: Int, _ offer: Offer, _ scope: Scope) -> Outcome {
        unheld(number)._withUnsafeGuaranteedRef { $0.evaluate(scope, offer) }
    }

    /// Joined as by `||`.
    @inline(__always)
    func any(_ offer: Offer, _ scope: Scope) -> Outcome {
        var group: Int32 = 0
        return any(offer, scope, group: &group)
    }

    /// - Parameter group: becomes that of the first that matches.
    @inline(__always)
    func any(_ offer: Offer, _ scope: Scope, group: inout Int32) -> Outcome {
        var result = Outcome.noMatch
        for number in unheld.indices {
            switch evaluate(number, offer, scope) {
            case .match:
                group = unheld(number)._withUnsafeGuaranteedRef { $0.group }
                return .match
            case .failed: result = .failed
            case .noMatch: break
            }
        }
        return result
    }

    /// Joined as by `&&`.
    @inline(__always)
    func every(_ offer: Offer, _ scope: Scope) -> Outcome {
        var result = Outcome.match
        for number in unheld.indices {
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
        for number in unheld.indices where satisfied & (1 << UInt64(number)) == 0 {
            if evaluate(number, offer, scope) == .match { return number }
        }
        return nil
    }
}
