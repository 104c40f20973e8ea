import CSimdjson

/// Of ten thousand topics what an event leads to is hardly ever in the processor's caches. So it is asked for in advance, for
/// many lines at once: step by step, since each step reads the addresses that it asks for from what the step before has.
///
/// It looks at what the first pattern of a topic has, and decides nothing.
extension Decider {
    func foresee(
        _ lines: UnsafePointer<bobo_scanned_line>,
        _ slots: borrowing FixedArray<UnsafeMutablePointer<TopicTable.Slot>?>, _ count: Int
    ) {
        withUnsafeTemporaryAllocation(of: Unmanaged<Route>.self, capacity: count) { room in
            var active = 0
            for line in 0..<count {
                guard let slot = slots[line], lines[line].kind == bobo_scanned_whole.rawValue,
                    !slot.pointee.isIdle(EventContent(lines[line]))
                else { continue }
                room[active] = slot.pointee.reference
                active += 1
                prefetch(slot.pointee.reference.toOpaque(), lines: 4)
            }
            foresee(UnsafeBufferPointer(rebasing: room[..<active]))
        }
    }

    @inline(__always)
    private func foresee(_ routes: UnsafeBufferPointer<Unmanaged<Route>>) {
        for route in routes {
            route._withUnsafeGuaranteedRef { route in
                prefetch(route.first, lines: 2)
                prefetch(Unmanaged.passUnretained(route.topic).toOpaque(), lines: 1)
            }
        }
        for route in routes {
            route._withUnsafeGuaranteedRef { prefetch($0.first?.pointee.unheldMatcher.toOpaque(), lines: 5) }
        }
        forEachMatcher(of: routes) { matcher in
            prefetch(matcher.unheldCompiled.toOpaque(), lines: 3)
            if let keyState = matcher.soleKeyState { prefetch(matcher.keyStates.view + Int(keyState), lines: 2) }
        }
        forEachMatcher(of: routes) { matcher in
            matcher.unheldCompiled._withUnsafeGuaranteedRef { prefetch($0.steps.pointer, lines: 4) }
            if let root = matcher.soleRoot { prefetch(state.forest.nodes.view + Int(root), lines: 2) }
        }
        forEachMatcher(of: routes) { matcher in
            matcher.forEachEarlyPredicate { prefetch($0.toOpaque(), lines: 2) }
            guard let root = matcher.soleRoot else { return }
            let last = state.forest.nodes[root].lastChild
            if last != RunForest.none { prefetch(state.forest.nodes.view + Int(last), lines: 2) }
        }
        forEachMatcher(of: routes) { matcher in
            matcher.forEachEarlyPredicate { predicate in
                predicate._withUnsafeGuaranteedRef { prefetch($0.tests.baseAddress, lines: 1) }
            }
        }
    }

    @inline(__always)
    private func forEachMatcher(of routes: UnsafeBufferPointer<Unmanaged<Route>>, _ body: (Matcher) -> Void) {
        for route in routes {
            route._withUnsafeGuaranteedRef { route in
                route.first?.pointee.unheldMatcher._withUnsafeGuaranteedRef { body($0) }
            }
        }
    }
}

extension Matcher {
    /// Of a pattern without a key whose runs all wait at one place: that.
    @inline(__always)
    fileprivate var soleRoot: Int32? {
        guard let keyState = soleKeyState, let place = keyStates[keyState].place(below: nil) else { return nil }
        return place.root
    }

    /// The first of each of the first two blocks.
    @inline(__always)
    fileprivate func forEachEarlyPredicate(_ body: (Unmanaged<CompiledPredicate>) -> Void) {
        unheldCompiled._withUnsafeGuaranteedRef { compiled in
            for step in 0..<min(2, compiled.steps.count) {
                if let first = compiled.steps[step].predicates.first { body(first) }
            }
        }
    }
}
