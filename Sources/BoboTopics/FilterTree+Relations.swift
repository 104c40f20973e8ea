/// What of the tree overlaps a filter, covers it, or is covered by it: each costs what the levels in question cost, and what is
/// found, so that whoever compares ten thousand filters with each other need not look at each pair.
extension FilterTree {
    private enum Relation {
        case overlaps, covers, isCovered
    }

    /// The elements of whose filters some topic matches this one, too, in no particular order.
    package func overlapping(_ filter: TopicFilter) -> [Element] { find(filter, .overlaps) }

    /// The elements whose filters match each topic that this one matches.
    package func covering(_ filter: TopicFilter) -> [Element] { find(filter, .covers) }

    /// The elements of whose topics this one matches each.
    package func covered(by filter: TopicFilter) -> [Element] { find(filter, .isCovered) }

    private func find(_ filter: TopicFilter, _ relation: Relation) -> [Element] {
        var result: [Element] = []
        var waiting = [(node: 0, depth: 0)]
        while let (node, depth) = waiting.popLast() {
            // Wildcards at the first level do not stand for one with `$`.
            let wildcards = depth > 0 || !filter.levels[0].isOfSystem
            let level = depth < filter.levels.count ? filter.levels[depth] : nil
            if wildcards, relation != .isCovered, level != .rest || relation == .covers { result += nodes[node].rest }
            switch level {
            case nil: result += nodes[node].here
            case .literal(let text):
                if let next = nodes[node].literals[TopicLevel(text[...])] { waiting.append((next, depth + 1)) }
                if wildcards, relation != .isCovered, let next = nodes[node].single {
                    waiting.append((next, depth + 1))
                }
            case .single:
                if let next = nodes[node].single { waiting.append((next, depth + 1)) }
                guard relation != .covers else { break }
                for next in literals(of: node, at: depth) { waiting.append((next, depth + 1)) }
            case .rest: if relation != .covers { result += all(below: node, at: depth) }
            }
        }
        return result
    }

    private func literals(of node: Int, at depth: Int) -> [Int] {
        nodes[node].literals.compactMap { depth > 0 || !$0.key.isOfSystem ? $0.value : nil }
    }

    private func all(below node: Int, at depth: Int) -> [Element] {
        var result: [Element] = []
        var waiting = [(node: node, depth: depth)]
        while let (node, depth) = waiting.popLast() {
            result += nodes[node].here + nodes[node].rest
            for next in literals(of: node, at: depth) { waiting.append((next, depth + 1)) }
            if let next = nodes[node].single { waiting.append((next, depth + 1)) }
        }
        return result
    }
}
