/// An MQTT topic filter, checked: levels between `/`, where `+` stands for exactly one level and a last `#` for the
/// level before it and everything below (MQTT 5.0, section 4.7).
public struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
    public enum Level: Hashable, Sendable {
        case literal(String)
        case single
        case rest

        /// By bytes, see `TopicLevel`.
        public static func == (left: Level, right: Level) -> Bool {
            switch (left, right) {
            case (.literal(let one), .literal(let two)): TopicLevel(one[...]) == TopicLevel(two[...])
            case (.single, .single), (.rest, .rest): true
            default: false
            }
        }

        public func hash(into hasher: inout Hasher) {
            switch self {
            case .literal(let text): TopicLevel(text[...]).hash(into: &hasher)
            case .single: hasher.combine(1)
            case .rest: hasher.combine(2)
            }
        }

        /// Whether a topic that begins with it is none that wildcards match (MQTT 5.0, section 4.7.2).
        var isOfSystem: Bool { if case .literal(let text) = self { TopicLevel(text[...]).isOfSystem } else { false } }
    }

    public let text: String
    public let levels: [Level]

    public static func == (left: TopicFilter, right: TopicFilter) -> Bool { left.levels == right.levels }

    public func hash(into hasher: inout Hasher) { hasher.combine(levels) }

    /// - Throws: `TopicError` where the text is no topic filter.
    public init(_ text: String) throws(TopicError) {
        try TopicError.check(text)
        var levels: [Level] = []
        let parts = TopicName.split(text)
        for (index, part) in parts.enumerated() {
            switch TopicLevel(part) {
            case "+": levels.append(.single)
            case "#":
                guard index == parts.count - 1 else { throw .multiLevelWildcardNotLast(text) }
                levels.append(.rest)
            default:
                guard !TopicName.hasWildcard(part.utf8) else { throw .wildcardWithinLevel(text) }
                levels.append(.literal(String(part)))
            }
        }
        self.text = text
        self.levels = levels
    }

    /// The filter that matches this one topic.
    public init(_ topic: TopicName) {
        text = topic.text
        levels = topic.levels.map { .literal(String($0)) }
    }

    init(levels: [Level]) {
        self.levels = levels
        text = levels.map { level in
            switch level {
            case .literal(let text): text
            case .single: "+"
            case .rest: "#"
            }
        }.joined(separator: "/")
    }

    public var description: String { text }

    public var hasWildcards: Bool { levels.contains { $0 == .single || $0 == .rest } }

    /// The first level, where it is a literal.
    public var firstLiteral: String? {
        if case .literal(let text) = levels[0] { text } else { nil }
    }

    public func matches(_ topic: TopicName) -> Bool { matches(levels: topic.levels) }

    /// Whether a topic of these levels matches. A wildcard as the first level does not match a topic that begins with
    /// `$` (MQTT 5.0, section 4.7.2).
    public func matches(levels topic: [Substring]) -> Bool {
        if case .literal = levels[0] {} else if TopicLevel(topic[0]).isOfSystem { return false }
        for (index, level) in levels.enumerated() {
            switch level {
            case .rest: return true
            case .single: guard index < topic.count else { return false }
            case .literal(let text):
                guard index < topic.count, TopicLevel(topic[index]) == TopicLevel(text[...]) else { return false }
            }
        }
        return levels.count == topic.count
    }

    /// Whether every topic that `other` matches is matched by this filter, too.
    public func covers(_ other: TopicFilter) -> Bool {
        if other.levels[0].isOfSystem {
            guard case .literal = levels[0] else { return false }
        }
        for (index, level) in levels.enumerated() {
            switch level {
            case .rest: return true
            case .single:
                guard index < other.levels.count, other.levels[index] != .rest else { return false }
            case .literal:
                guard index < other.levels.count, other.levels[index] == level else { return false }
            }
        }
        return levels.count == other.levels.count
    }

    /// Whether some topic matches both.
    public func overlaps(_ other: TopicFilter) -> Bool { intersection(other) != nil }

    /// The filter of the topics that match both, nil where there is none. (Two filters without `#` in the middle always
    /// intersect in one filter.)
    public func intersection(_ other: TopicFilter) -> TopicFilter? {
        for (one, two) in [(self, other), (other, self)] {
            if one.levels[0].isOfSystem {
                guard case .literal = two.levels[0] else { return nil }
            }
        }
        var result: [Level] = []
        var index = 0
        while true {
            let mine = index < levels.count ? levels[index] : nil
            let theirs = index < other.levels.count ? other.levels[index] : nil
            switch (mine, theirs) {
            case (nil, nil), (.rest, nil), (nil, .rest): return TopicFilter(levels: result)
            case (.rest, _): return TopicFilter(levels: result + other.levels[index...])
            case (_, .rest): return TopicFilter(levels: result + levels[index...])
            case (nil, _), (_, nil): return nil
            case (.single, .some(let level)), (.some(let level), .single): result.append(level)
            case (.some(let one), .some(let two)):
                guard one == two else { return nil }
                result.append(one)
            }
            index += 1
        }
    }

    /// The narrowest single filter that covers both: equal levels stay, others become `+`, and from where the lengths
    /// differ, `#`. (Of two that have no topic in common, where one alone names topics with `$`, it covers the other only: no
    /// filter covers both.)
    public func join(_ other: TopicFilter) -> TopicFilter {
        if covers(other) { return self }
        if other.covers(self) { return other }
        var result: [Level] = []
        for (one, two) in zip(levels, other.levels) {
            if one == .rest || two == .rest { return TopicFilter(levels: result + [.rest]) }
            result.append(one == two ? one : .single)
        }
        return TopicFilter(levels: levels.count == other.levels.count ? result : result + [.rest])
    }
}
