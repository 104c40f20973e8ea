/// What a macro goes through, and where it puts each element.
struct Loop: Sendable {
    let range: any Node
    let keyLocal: Int?
    let local: Int

    /// Calls the body with each element bound, until the body says no.
    @inline(__always)
    func forEach(
        _ frame: inout Frame, _ body: (inout Frame) throws(EvaluationFailure) -> Bool
    ) throws(EvaluationFailure) {
        switch try range.evaluate(&frame) {
        case .list(let list):
            for (index, element) in list.elements.enumerated() {
                try frame.countIterations(1)
                frame.locals[local] = element
                if let keyLocal { frame.locals[keyLocal] = .int(Int64(index)) }
                guard try body(&frame) else { return }
            }
        case .map(let map):
            for (key, value) in map {
                try frame.countIterations(1)
                if let keyLocal {
                    frame.locals[keyLocal] = key
                    frame.locals[local] = value
                } else {
                    frame.locals[local] = key
                }
                guard try body(&frame) else { return }
            }
        default: throw EvaluationFailure(.noMatchingOverload("a macro"))
        }
    }
}

/// `all`: an element that is false decides, whether or not others fail.
final class AllNode: ConditionNode {
    private let loop: Loop
    private let body: any Node

    init(loop: Loop, body: any Node) {
        self.loop = loop
        self.body = body
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        var failure: EvaluationFailure?
        var result = true
        try loop.forEach(&frame) { frame throws(EvaluationFailure) in
            do throws(EvaluationFailure) {
                result = try body.holds(&frame)
            } catch {
                failure = failure ?? error
            }
            return result
        }
        if result, let failure { throw failure }
        return result
    }
}

/// `exists`: an element that is true decides, whether or not others fail.
final class ExistsNode: ConditionNode {
    private let loop: Loop
    private let body: any Node

    init(loop: Loop, body: any Node) {
        self.loop = loop
        self.body = body
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        var failure: EvaluationFailure?
        var result = false
        try loop.forEach(&frame) { frame throws(EvaluationFailure) in
            do throws(EvaluationFailure) {
                result = try body.holds(&frame)
            } catch {
                failure = failure ?? error
            }
            return !result
        }
        if !result, let failure { throw failure }
        return result
    }
}

/// `exists_one`: an element that fails makes the whole fail.
final class ExistsOneNode: ConditionNode {
    private let loop: Loop
    private let body: any Node

    init(loop: Loop, body: any Node) {
        self.loop = loop
        self.body = body
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        var count = 0
        try loop.forEach(&frame) { frame throws(EvaluationFailure) in
            if try body.holds(&frame) { count += 1 }
            return true
        }
        return count == 1
    }
}

final class FilterNode: Node {
    private let loop: Loop
    private let body: any Node

    init(loop: Loop, body: any Node) {
        self.loop = loop
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        var elements: [Value] = []
        try loop.forEach(&frame) { frame throws(EvaluationFailure) in
            if try body.holds(&frame) { elements.append(frame.locals[loop.local]) }
            return true
        }
        return .list(List(elements))
    }
}

/// `map` and `transformList`
final class MapMacroNode: Node {
    private let loop: Loop
    private let filter: (any Node)?
    private let body: any Node

    init(loop: Loop, filter: (any Node)?, body: any Node) {
        self.loop = loop
        self.filter = filter
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        var elements: [Value] = []
        try loop.forEach(&frame) { frame throws(EvaluationFailure) in
            if let filter, try !filter.holds(&frame) { return true }
            elements.append(try body.evaluate(&frame))
            return true
        }
        return .list(List(elements))
    }
}

/// `transformMap`: the keys stay, with other values.
final class TransformMapNode: Node {
    private let loop: Loop
    private let filter: (any Node)?
    private let body: any Node

    init(loop: Loop, filter: (any Node)?, body: any Node) {
        self.loop = loop
        self.filter = filter
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        var pairs: [(Value, Value)] = []
        let keyLocal = loop.keyLocal ?? loop.local
        try loop.forEach(&frame) { frame throws(EvaluationFailure) in
            if let filter, try !filter.holds(&frame) { return true }
            // The body may bind variables of its own, but none at this place.
            let key = frame.locals[keyLocal]
            pairs.append((key, try body.evaluate(&frame)))
            return true
        }
        return .map(Map(pairs))
    }
}

/// `transformMapEntry`: each element gives a map, whose entries are put together.
final class TransformMapEntryNode: Node {
    private let loop: Loop
    private let filter: (any Node)?
    private let body: any Node

    init(loop: Loop, filter: (any Node)?, body: any Node) {
        self.loop = loop
        self.filter = filter
        self.body = body
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        var pairs: [(Value, Value)] = []
        try loop.forEach(&frame) { frame throws(EvaluationFailure) in
            if let filter, try !filter.holds(&frame) { return true }
            guard case .map(let map) = try body.evaluate(&frame) else {
                throw EvaluationFailure(.noMatchingOverload("transformMapEntry"))
            }
            pairs.append(contentsOf: map)
            return true
        }
        return .map(try Map(uniqueKeys: pairs))
    }
}
