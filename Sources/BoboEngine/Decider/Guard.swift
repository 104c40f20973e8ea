import CEL

/// What an event must hold for a pattern to care: one field that equals one of a few constants. It leads from the value in
/// an event straight to the patterns, so that the others are not asked.
struct Guard {
    /// The path of the field in the payload.
    let path: Int
    let values: [KeyValue]

    /// nil where the pattern has no such field: an event that meets none of its conditions may still matter to it (strict
    /// and negated blocks, preconditions), or its conditions test different fields.
    init?(_ pattern: Pattern) {
        var conditions: [[Program?]] = []
        if let input = pattern.input { conditions.append(input.map(\.expression)) }
        if let deciding = Guard.deciding(pattern) { conditions.append(deciding) }
        for programs in conditions {
            if let (path, values) = Guard.common(programs) {
                self.path = path
                self.values = values
                return
            }
        }
        return nil
    }

    /// The conditions of which one must match for anything to happen; nil where something may happen without.
    private static func deciding(_ pattern: Pattern) -> [Program?]? {
        // What it does not care for would not become the previous event.
        guard pattern.preconditions.isEmpty, !pattern.programs.contains(where: \.readsPrevious) else { return nil }
        var predicates = pattern.haltconditions + [pattern.rest?.until].compactMap(\.self)
        for block in pattern.blocks {
            switch block.role {
            case .plain(.relaxed), .loop(.relaxed), .optional, .absent, .allOf: predicates += block.eventPredicates
            case .plain(.strict), .loop(.strict), .negated: return nil
            }
        }
        return predicates.map(\.expression)
    }

    private static func common(_ programs: [Program?]) -> (path: Int, values: [KeyValue])? {
        guard let first = programs.first ?? nil else { return nil }
        for candidate in first.necessaryEqualities where candidate.slot == ExpressionEnvironment.Slot.event.rawValue {
            var values: [KeyValue] = []
            let covered = programs.allSatisfy { program in
                guard
                    let equality = program?.necessaryEqualities.first(where: {
                        $0.slot == candidate.slot && $0.path == candidate.path
                    }), let value = KeyValue(equality.value)
                else { return false }
                if !values.contains(value) { values.append(value) }
                return true
            }
            if covered { return (candidate.path, values) }
        }
        return nil
    }
}
