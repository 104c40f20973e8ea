/// Values under topic filters, by level: finding those that match a topic costs what its levels cost, not what there are
/// filters.
package struct FilterTree<Element> {
    struct Node {
        var literals: [TopicLevel: Int] = [:]
        var single: Int?
        /// Of filters that end here.
        var here: [Element] = []
        /// Of filters that end here with `#`.
        var rest: [Element] = []
    }

    private(set) var nodes = [Node()]

    package init() {}

    /// The places of filters in their list.
    package init(_ filters: some Sequence<TopicFilter>) where Element == Int {
        for (index, filter) in filters.enumerated() { insert(index, at: filter) }
    }

    package mutating func insert(_ element: Element, at filter: TopicFilter) {
        var node = 0
        for level in filter.levels {
            switch level {
            case .rest:
                nodes[node].rest.append(element)
                return
            case .single:
                let next = nodes[node].single ?? addNode()
                nodes[node].single = next
                node = next
            case .literal(let text):
                let next = nodes[node].literals[TopicLevel(text[...])] ?? addNode()
                nodes[node].literals[TopicLevel(text[...])] = next
                node = next
            }
        }
        nodes[node].here.append(element)
    }

    private mutating func addNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    package var isEmpty: Bool { nodes.count == 1 && nodes[0].here.isEmpty && nodes[0].rest.isEmpty }

    /// The elements whose filters match a topic of these levels, in no particular order.
    package func matches(_ levels: [Substring]) -> [Element] {
        var result: [Element] = []
        var current = [0]
        for (depth, text) in levels.enumerated() {
            let level = TopicLevel(text)
            var next: [Int] = []
            // Wildcards at the first level do not match `$` topics.
            let wildcards = depth > 0 || !level.isOfSystem
            for node in current {
                if wildcards {
                    result += nodes[node].rest
                    if let single = nodes[node].single { next.append(single) }
                }
                if let literal = nodes[node].literals[level] { next.append(literal) }
            }
            current = next
        }
        for node in current { result += nodes[node].here + nodes[node].rest }
        return result
    }
}

extension FilterTree: Sendable where Element: Sendable {}
extension FilterTree: Equatable where Element: Equatable {}
extension FilterTree: Hashable where Element: Hashable {}
extension FilterTree.Node: Sendable where Element: Sendable {}
extension FilterTree.Node: Equatable where Element: Equatable {}
extension FilterTree.Node: Hashable where Element: Hashable {}
