/// What the events of a topic lead to is asked for in advance, step by step. It looks at what the first pattern of the topic has,
/// and decides nothing.
extension Decider {
    static let steps = 8

    /// What each step reads has been asked for by those before.
    /// - Parameter content: that of the event that is to come.
    @inline(__always)
    func foresee(_ route: Route, _ content: EventContent, _ step: Int) {
        switch step {
        case 0: prefetch(Unmanaged.passUnretained(route).toOpaque(), lines: 2)
        case 1:
            prefetch(route.unheldMatcher?.toOpaque(), lines: 3)
            prefetch(Unmanaged.passUnretained(route.topic).toOpaque(), lines: 1)
        default: route.unheldMatcher?._withUnsafeGuaranteedRef { foresee($0, route.topic, content, step) }
        }
    }

    @inline(__always)
    private func foresee(_ matcher: Matcher, _ topic: Topic, _ content: EventContent, _ step: Int) {
        switch step {
        case 2:
            prefetch(matcher.unheldCompiled.toOpaque(), lines: 2)
            if let keyState = matcher.soleKeyState { prefetch(matcher.keyStates.view + Int(keyState), lines: 1) }
        case 3:
            matcher.unheldCompiled._withUnsafeGuaranteedRef { prefetch($0.steps.pointer, lines: 2) }
            if let place = matcher.solePlace { prefetch(state.forest.nodes.view + Int(place.root), lines: 1) }
        case 4:
            matcher.unheldCompiled._withUnsafeGuaranteedRef { prefetch($0.steps[0].predicates.testsStart, lines: 1) }
            if let last = lastNode(of: matcher) { prefetch(state.forest.nodes.view + Int(last), lines: 1) }
        default: foreseeRun(of: matcher, topic, content, step)
        }
    }

    /// Where the event is to move runs, the last one of them, and what its complex event is written from.
    @inline(__always)
    private func foreseeRun(of matcher: Matcher, _ topic: Topic, _ content: EventContent, _ step: Int) {
        guard let place = matcher.solePlace, let last = lastNode(of: matcher),
            case let run = state.forest.nodes[last].run, run != RunForest.none
        else { return }
        matcher.unheldCompiled._withUnsafeGuaranteedRef { compiled in
            guard compiled.steps[Int(place.position.block)].predicates.foresees(content) else { return }
            switch step {
            case 5:
                prefetch(state.forest.runs.view + Int(run), lines: 1)
                prefetch(compiled.unheldFrame.toOpaque(), lines: 1)
                prefetch(compiled.frameStart, lines: 1)
            case 6:
                prefetch(state.forest.runs[run].unheldFirst?.toOpaque(), lines: 2)
                topic.json.withUnsafeBytes { prefetch($0.baseAddress, lines: 1) }
            default:
                state.forest.runs[run].unheldFirst?._withUnsafeGuaranteedRef { prefetch($0.content.start, lines: 2) }
            }
        }
    }

    /// Of a pattern without a key whose runs all wait at one place: the last of them.
    @inline(__always)
    private func lastNode(of matcher: Matcher) -> Int32? {
        guard let place = matcher.solePlace, case let last = state.forest.nodes[place.root].lastChild,
            last != RunForest.none
        else { return nil }
        return last
    }
}

extension Matcher {
    /// Of a pattern without a key whose runs all wait at one place: that.
    @inline(__always)
    fileprivate var solePlace: KeyState.Place? { soleKeyState.flatMap { keyStates[$0].place(below: nil) } }
}
