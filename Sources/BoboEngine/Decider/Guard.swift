import CEL

/// What an event must hold for a pattern to care: one field that equals one of a few constants, or one that lies beyond
/// bounds, or both. It leads from the values in an event straight to the patterns, so that the others are not asked.
struct Guard {
    /// A field, by its path in the payload, that equals one of a few constants.
    struct Equality {
        let path: Int
        let values: [KeyValue]
    }

    /// A field that is a number no less than `above` or no greater than `below`.
    struct Bounds {
        let path: Int
        var below: Double
        var above: Double
        /// Whether they are those of the pattern's input: it sees no other events, so that none of its conditions is asked.
        var areOfInput = false
    }

    let equality: Equality?
    let bounds: Bounds?

    /// nil where the pattern has no such field: an event that meets none of its conditions may still matter to it (strict
    /// and negated blocks, preconditions), or its conditions test different fields.
    init?(_ pattern: Pattern) {
        var conditions: [[Program?]] = []
        var bounds: Bounds?
        if let input = pattern.input {
            conditions.append(input.map(\.expression))
            bounds = Guard.bounds(conditions[0])
            bounds?.areOfInput = true
        }
        if let deciding = Guard.deciding(pattern) { conditions.append(deciding) }
        equality = conditions.lazy.compactMap(Guard.equality).first
        self.bounds = bounds ?? conditions.last.flatMap(Guard.bounds)
        if equality == nil, self.bounds == nil { return nil }
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

    private static func equality(_ programs: [Program?]) -> Equality? {
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
            if covered { return Equality(path: candidate.path, values: values) }
        }
        return nil
    }

    private static func bounds(_ programs: [Program?]) -> Bounds? {
        guard let first = programs.first ?? nil else { return nil }
        for candidate in first.tests where candidate.bound != nil {
            var bounds = Bounds(path: candidate.path, below: -.infinity, above: .infinity)
            let covered = programs.allSatisfy { program in
                let test = program?.tests.first { $0.path == candidate.path && $0.bound != nil }
                switch test?.bound {
                case .above(let number)?: bounds.above = min(bounds.above, number)
                case .below(let number)?: bounds.below = max(bounds.below, number)
                case nil: return false
                }
                return true
            }
            if covered { return bounds }
        }
        return nil
    }
}

extension PathTest {
    fileprivate enum Bound { case above(Double), below(Double) }

    fileprivate var bound: Bound? {
        guard slot == ExpressionEnvironment.Slot.event.rawValue, case .number(let number) = constant else { return nil }
        return switch comparison {
        case .greater, .greaterOrEqual: .above(number)
        case .less, .lessOrEqual: .below(number)
        case .equal, .notEqual: nil
        }
    }
}
