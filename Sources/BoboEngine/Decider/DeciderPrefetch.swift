/// What the events of a topic lead to is asked for in advance, step by step. It looks at what the first pattern of the topic has,
/// and decides nothing.
extension Decider {
    static let steps = 6

    /// What each step reads has been asked for by the one before.
    @inline(__always)
    func foresee(_ route: Route, _ step: Int) {
        switch step {
        case 0: prefetch(Unmanaged.passUnretained(route).toOpaque(), lines: 2)
        case 1:
            prefetch(route.unheldMatcher?.toOpaque(), lines: 3)
            prefetch(Unmanaged.passUnretained(route.topic).toOpaque(), lines: 1)
        default: route.unheldMatcher?._withUnsafeGuaranteedRef { foresee($0, step) }
        }
    }

    @inline(__always)
    private func foresee(_ matcher: Matcher, _ step: Int) {
        switch step {
        case 2:
            prefetch(matcher.unheldCompiled.toOpaque(), lines: 2)
            if let keyState = matcher.soleKeyState { prefetch(matcher.keyStates.view + Int(keyState), lines: 1) }
        case 3:
            matcher.unheldCompiled._withUnsafeGuaranteedRef { prefetch($0.steps.pointer, lines: 2) }
            if let root = matcher.soleRoot { prefetch(state.forest.nodes.view + Int(root), lines: 1) }
        case 4:
            matcher.unheldCompiled._withUnsafeGuaranteedRef { prefetch($0.steps[0].predicates.testsStart, lines: 1) }
            if let last = lastNode(of: matcher) { prefetch(state.forest.nodes.view + Int(last), lines: 1) }
        default:
            guard let last = lastNode(of: matcher) else { return }
            let run = state.forest.nodes[last].run
            if run != RunForest.none { prefetch(state.forest.runs.view + Int(run), lines: 1) }
        }
    }

    /// Of a pattern without a key whose runs all wait at one place: the last of them.
    @inline(__always)
    private func lastNode(of matcher: Matcher) -> Int32? {
        guard let root = matcher.soleRoot, case let last = state.forest.nodes[root].lastChild, last != RunForest.none
        else { return nil }
        return last
    }
}

extension CompiledPattern {
    /// Its complex events are soon to be written.
    func foreseeFrame() {
        prefetch(unheldFrame.toOpaque(), lines: 1)
        prefetch(frameStart, lines: 2)
    }
}

extension Matcher {
    /// Of a pattern without a key whose runs all wait at one place: that.
    @inline(__always)
    fileprivate var soleRoot: Int32? {
        guard let keyState = soleKeyState, let place = keyStates[keyState].place(below: nil) else { return nil }
        return place.root
    }
}
