import BoboEngine
import BoboTopics
import BoboYAML
import CEL

/// Reads one pattern of a file.
struct PatternReader {
    let problems: ProblemCollector
    let compiled: CompiledExpressions
    /// Whether a pattern that names no topic is an error.
    let needsTopics: Bool
    /// What `secret("name")` may name in `actions`.
    let secrets: KnownSecrets
    /// The groups of all patterns of the file, which `emit` and `actions` may name.
    let phenomenonGroups: [String]

    /// - Parameters: emit, actions: those of the phenomenon, which hold where the pattern has none of its own.
    func pattern(_ node: YAMLNode, emit: YAMLNode?, actions: YAMLNode?) -> Pattern? {
        guard let reader = node.mapping(problems, expected: "a pattern: a mapping with name and blocks") else {
            return nil
        }
        // A name that means something else is reported where its block is read.
        let groups = Pattern.groups(of: PhenomenonReader.groupNames(node))
            .filter { !ExpressionEnvironment.reservedNames.contains($0) }
        let name = reader.required("name").flatMap(patternName)
        let recent = reader.optional("recent").map(self.recent)
        let definitions =
            reader.optional("define").map { self.definitions($0, groups, keepsRecent: recent != nil) } ?? []
        let alone = ExpressionReader(
            groups: groups, definitions: definitions, compiled: compiled, problems: problems)
        let input = reader.optional("input").map { inputs($0, alone) }
        let key = reader.optional("key").flatMap { self.key($0, alone) }
        let within = reader.optional("within").flatMap { $0.duration(in: 1...(366 * 86_400_000), problems) }
        let isSingleton = reader.optional("singleton")?.bool(problems) ?? false
        let afterMatch = reader.optional("after_match").flatMap { $0.oneOf(Pattern.AfterMatch.self, problems) }
        let restNode = reader.optional("rest")
        let state = reader.optional("state").map { inputs($0, alone) }
        let kept = reach(of: state)
        let expressions = ExpressionReader(
            groups: groups, definitions: definitions, compiled: compiled, state: kept,
            keepsRecent: recent != nil, problems: problems)
        let predicates = PredicateReader(expressions: expressions, input: (input ?? nil)?.map(\.on))
        let rest = restNode.flatMap { self.rest($0, predicates) }
        let preconditions = reader.optional("preconditions").map { predicates.predicates($0, mayBeEmpty: true) } ?? []
        let haltconditions = reader.optional("haltconditions").map { predicates.predicates($0, mayBeEmpty: true) } ?? []
        let blocksNode = reader.required("blocks")
        let blocks = blocksNode.map { BlockReader(predicates: predicates).blocks($0) } ?? []
        let maximumRuns = bound(reader.optional("max_runs"), default: Pattern.defaultMaximumRuns)
        let maximumHistory = bound(reader.optional("max_history"), default: Pattern.defaultMaximumHistory)

        func completion(_ secrets: KnownSecrets?) -> ExpressionReader {
            ExpressionReader(
                groups: groups, otherGroups: phenomenonGroups.filter { !groups.contains($0) },
                definitions: definitions, compiled: compiled, state: kept, reach: .completion, secrets: secrets,
                problems: problems)
        }
        let emitted =
            (reader.optional("emit") ?? emit).map(EmitReader(expressions: completion(nil)).emit) ?? Emit()
        let carried =
            (reader.optional("actions") ?? actions).map(ActionReader(expressions: completion(secrets)).actions) ?? []
        reader.finish()
        guard let name, !blocks.isEmpty else { return nil }
        let pattern = Pattern(
            name: name, input: input ?? nil, key: key, within: within, isSingleton: isSingleton, blocks: blocks,
            preconditions: preconditions, haltconditions: haltconditions, maximumRuns: maximumRuns,
            maximumHistory: maximumHistory, afterMatch: afterMatch ?? .noSkip, rest: rest,
            state: (state ?? nil) ?? [], recent: recent ?? nil, definitions: definitions, emit: emitted,
            actions: carried, version: version(node))
        if needsTopics, pattern.inputFilters(default: []).isEmpty {
            problems.error(
                node.place,
                "found a pattern that names no topic, expected \"input\", an \"on\", or \"sensors\" in the configuration"
            )
        }
        PatternHints(pattern: pattern, place: node.place, problems: problems).report()
        return pattern
    }

    /// So many events, or those of a duration.
    private func recent(_ node: YAMLNode) -> Pattern.Recent? {
        let expected = "a number of events from 1 to \(Pattern.Recent.limit), or a duration such as 1h"
        guard let scalar = node.scalar else {
            node.reportUnexpected(expected, problems)
            return nil
        }
        if case .text = scalar.value {
            return node.duration(in: 1...(366 * 86_400_000), problems).map { .milliseconds($0) }
        }
        guard case .integer(let count) = scalar.value, 1...Int64(Pattern.Recent.limit) ~= count else {
            node.reportUnexpected(expected, problems, quotes: false)
            return nil
        }
        return .events(Int(count))
    }

    /// Names for expressions.
    private func definitions(
        _ node: YAMLNode, _ groups: [String], keepsRecent: Bool
    ) -> [ExpressionEnvironment.Definition] {
        guard case .mapping(let entries) = node.content else {
            node.reportUnexpected("names with their expressions, such as {is_open: payload.contact == false}", problems)
            return []
        }
        var definitions: [ExpressionEnvironment.Definition] = []
        for entry in entries {
            guard let name = GroupName.check(entry.key, entry.keyPlace, of: "definition", problems) else { continue }
            guard !groups.contains(name) else {
                problems.error(entry.keyPlace, "found \"\(name)\", which is the name of a group, expected another name")
                continue
            }
            // Whether what it reads is there is asked where it is used.
            let reader = ExpressionReader(
                groups: groups, definitions: definitions, compiled: compiled, state: .unsound,
                keepsRecent: true, problems: problems)
            // One that is wrong has been reported; its uses say nothing more.
            let text = reader.program(entry.value)?.source ?? "event.payload"
            definitions.append(ExpressionEnvironment.Definition(name: name, expression: text))
        }
        return definitions
    }

    private func reach(of state: [Pattern.Input]??) -> StateReach {
        switch state {
        case .none: .none
        case .some(.none): .unsound
        case .some(.some(let inputs)): .kept(inputs.map(\.on))
        }
    }

    /// A duration, or `{for, until}` with either part optional.
    private func rest(_ node: YAMLNode, _ predicates: PredicateReader) -> Pattern.Rest? {
        let durations: ClosedRange<Int64> = 1...(366 * 86_400_000)
        guard node.isMapping else {
            return node.duration(in: durations, problems).map { Pattern.Rest(milliseconds: $0) }
        }
        guard let reader = node.mapping(problems) else { return nil }
        let wait = reader.optional("for").map { $0.duration(in: durations, problems) }
        let until = reader.optional("until").map { predicates.predicate($0) }
        reader.finish()
        if wait == nil, until == nil {
            problems.error(node.place, "found neither \"for\" nor \"until\", expected at least one of them")
            return nil
        }
        if let wait, wait == nil { return nil }
        if let until, until == nil { return nil }
        return Pattern.Rest(milliseconds: wait ?? nil, until: until ?? nil)
    }

    /// A hash of what the file says, apart from its layout.
    private func version(_ node: YAMLNode) -> Hash128 {
        var hash = Hash128()
        hash.combine(node.value(ProblemCollector())?.json ?? "")
        return hash
    }

    private func patternName(_ node: YAMLNode) -> String? {
        guard let text = node.text(problems, expected: "the name of the pattern") else { return nil }
        guard !text.isEmpty, text.utf8.count <= 200, !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            problems.error(node.place, "expected a name of 1 to 200 bytes without control characters")
            return nil
        }
        return text
    }

    private func bound(_ node: YAMLNode?, default: Int) -> Int {
        node.flatMap { $0.integer(in: 1...100_000_000, problems) }.map(Int.init) ?? `default`
    }

    private func key(_ node: YAMLNode, _ expressions: ExpressionReader) -> Program? {
        guard let program = expressions.program(node, .event) else { return nil }
        switch program.type {
        case .dyn, .bool, .int, .uint, .double, .string, .list: return program
        default:
            problems.error(
                node.place, "found a key of type \(program.type), expected a bool, a number, a text, or a list of these"
            )
            return nil
        }
    }

    /// A filter, `{on, where}`, or a list of either; nil where one is wrong.
    private func inputs(_ node: YAMLNode, _ expressions: ExpressionReader) -> [Pattern.Input]? {
        guard node.isList else { return input(node, expressions) }
        let nodes = node.list(problems) ?? []
        if nodes.isEmpty { problems.error(node.place, "found an empty list, expected topic filters") }
        let inputs = nodes.map { input($0, expressions) }
        return inputs.contains(where: { $0 == nil }) ? nil : inputs.flatMap { $0 ?? [] }
    }

    private func input(_ node: YAMLNode, _ expressions: ExpressionReader) -> [Pattern.Input]? {
        guard node.isMapping else { return TopicFilters.one(node, problems).map { [Pattern.Input(on: $0)] } }
        guard let reader = node.mapping(problems) else { return nil }
        let filters = reader.required("on").flatMap { TopicFilters.read($0, problems) }
        let condition = reader.optional("where")
        let expression = condition.flatMap { expressions.condition($0, .event) }
        reader.finish()
        guard let filters, condition == nil || expression != nil else { return nil }
        return filters.map { Pattern.Input(on: $0, expression: expression) }
    }
}
