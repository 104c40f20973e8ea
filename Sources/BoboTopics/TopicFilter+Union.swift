extension TopicFilter {
    /// Whether every topic that this filter matches is matched by one or another of `filters`, also where none of them
    /// covers it alone, as `home` and `home/+/#` together cover `home/#`.
    ///
    /// A topic whose levels stand in no filter, where this one has wildcards, is matched by the fewest; so it is enough to
    /// look at one such topic of each length, up to where further levels make no difference.
    public func isCovered(by filters: [TopicFilter]) -> Bool {
        let others = filters.filter(overlaps)
        guard !others.isEmpty else { return false }
        let unnamed = Self.unnamed(in: others)[...]
        var topic = levels.compactMap { level -> Substring? in
            switch level {
            case .literal(let text): text[...]
            case .single: unnamed
            case .rest: nil
            }
        }
        func isMatched() -> Bool {
            // No topic is empty.
            topic.isEmpty || topic == [""] || others.contains { $0.matches(levels: topic) }
        }
        guard isMatched() else { return false }
        guard levels.last == .rest else { return true }
        let longest = others.map(\.levels.count).max() ?? 0
        while topic.count <= longest {
            topic.append(unnamed)
            guard isMatched() else { return false }
        }
        return true
    }

    /// A level that is none of their literals, and not empty or with `$`.
    private static func unnamed(in filters: [TopicFilter]) -> String {
        let longest = filters.flatMap(\.levels).map { level in
            if case .literal(let text) = level { text.utf8.count } else { 0 }
        }.max()
        return String(repeating: "x", count: (longest ?? 0) + 1)
    }
}

extension TopicFilter {
    /// The filter of those of its topics that have this level at that place; nil where none has.
    package func with(_ level: Level, at place: Int) -> TopicFilter? {
        let before = (0..<place).map { index -> Level in
            // Wildcards would not stand for a first level with `$`.
            if index < levels.count, case .literal = levels[index] { levels[index] } else { .single }
        }
        return intersection(TopicFilter(levels: before + [level, .rest]))
    }
}
