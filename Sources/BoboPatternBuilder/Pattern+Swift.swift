public import BoboEngine
import BoboTopics
import CEL

extension Pattern {
    /// A pattern written in Swift. It means what a pattern file with these keys means (see the documentation of pattern
    /// files); payloads have types, and conditions are closures.
    ///
    /// ```swift
    /// let heat = Group<Climate>("heat")
    /// try Pattern("heat-then-smoke", version: "1", key: .level(1), within: .seconds(60)) {
    ///     FollowedBy(heat, on: "home/+/temperature") { $0.payload.celsius > 55 }
    ///     FollowedBy(on: "home/+/smoke", as: Smoke.self) { smoke, run in
    ///         try smoke.payload.density > run[heat][0].payload.baseline
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - name: unique in the phenomenon.
    ///   - version: what the author calls this state of the closures. Gateways that share runs, and an engine whose patterns
    ///     are replaced, take two patterns of one name for the same only if their versions and their blocks, options and
    ///     topics are the same; what closures say cannot be compared. So change it whenever a closure changes what it says.
    ///   - input: the only events that the pattern sees; none: those of the topics that its conditions name.
    ///   - key: runs of different keys never meet.
    ///   - within: a run halts once this much time has passed since its first event.
    ///   - isSingleton: at most one active run for each key.
    ///   - preconditions: an event that fails any of them halts the run.
    ///   - haltconditions: an event that matches any of them halts the run.
    ///   - maximumRuns: bound on the active runs, all keys together; at the bound the oldest halts.
    ///   - maximumHistory: bound on the events that one run has accepted; at the bound it halts.
    ///   - afterMatch: what a completed run means for the others of its key.
    ///   - rest: after a run has completed, the others of its key halt, and none starts for so long.
    ///   - restUntil: the same, until an event matches; with `rest`, whichever comes first. It reads the completed run.
    ///   - state: topic filters whose last messages are kept, for `Run.latest`.
    ///   - recent: how many of the last events of each key are kept, for `Run.recent`.
    ///   - data: what the complex event carries as `data`.
    ///   - topic: where the complex event is published; nil: `<prefix>/events/<phenomenon>`.
    ///   - qos: of the complex event, from 0 to 2.
    ///   - isRetained: whether the broker is to store the complex event.
    ///   - actions: what is done when a run completes, by whoever owns the engine (`Detector.takeActions`).
    ///   - blocks: the sequence.
    /// - Throws: all that is wrong with it.
    public init(
        _ name: String, version: String, input: [String] = [], key: Key? = nil, within: Duration? = nil,
        isSingleton: Bool = false, preconditions: [When] = [], haltconditions: [When] = [],
        maximumRuns: Int = Pattern.defaultMaximumRuns, maximumHistory: Int = Pattern.defaultMaximumHistory,
        afterMatch: AfterMatch = .noSkip, rest: Duration? = nil, restUntil: When? = nil,
        state: [String] = [], recent: Recent? = nil, data: (@Sendable (Run) throws -> any Encodable)? = nil,
        topic: (@Sendable (Run) throws -> String)? = nil, qos: Int = 1, isRetained: Bool = false,
        actions: [RunAction] = [], @StepsBuilder blocks: () throws -> [StepDescription]
    ) throws(PatternBuildError) {
        let steps: [StepDescription]
        do {
            steps = try blocks()
        } catch {
            throw PatternBuildError(problems: ["\(name): \(error)"])
        }
        var assembly = PatternAssembly(steps, hasState: !state.isEmpty)
        if name.isEmpty || name.utf8.count > 200 || name.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            assembly.report("the name of a pattern has 1 to 200 bytes, and no control characters")
        }
        for (what, duration) in [("within", within), ("rest", rest)] {
            if let duration, duration.wholeMilliseconds < 1 { assembly.report("\(what) is at least a millisecond") }
        }
        switch recent {
        case .events(let count) where !(1...Recent.limit ~= count):
            assembly.report("recent is of 1 to \(Recent.limit) events")
        case .milliseconds(let duration) where duration < 1: assembly.report("recent is at least a millisecond")
        case .events, .milliseconds, nil: break
        }
        if !(0...2 ~= qos) { assembly.report("qos is 0, 1 or 2") }
        if maximumRuns < 1 || maximumHistory < 1 { assembly.report("bounds are at least 1") }
        let inputs = assembly.filters(input).map { Pattern.Input(on: $0) }
        let states = assembly.filters(state).map { Pattern.Input(on: $0) }
        let built = assembly.blocks()
        let own = preconditions.map { assembly.predicate($0) }
        let halts = haltconditions.map { assembly.predicate($0) }
        let end = restUntil.map { assembly.predicate($0) }
        let carried = actions.map { assembly.action($0) }
        guard assembly.problems.isEmpty else {
            throw PatternBuildError(problems: assembly.problems.map { "\(name): \($0)" })
        }
        let key = key.map { key in
            NativeProgram.value(key.name, .event) { scope in
                guard let event = scope.event else { return .null }
                return try key.value(event)
            }
        }
        let draft = Pattern(
            name: name, input: inputs.isEmpty ? nil : inputs, key: key, within: within?.wholeMilliseconds,
            isSingleton: isSingleton, blocks: built, preconditions: own, haltconditions: halts,
            maximumRuns: maximumRuns, maximumHistory: maximumHistory, afterMatch: afterMatch,
            rest: rest == nil && end == nil ? nil : Rest(milliseconds: rest?.wholeMilliseconds, until: end),
            state: states, recent: recent,
            emit: Emit(
                data: data.map { assembly.value("data in Swift", $0) },
                topic: topic.map { Template([.expression(assembly.value("topic in Swift", $0))]) }, qos: qos,
                isRetained: isRetained), actions: carried)
        self = draft.versioned(PatternVersion.hash(draft, version: version))
    }

    private func versioned(_ version: Hash128) -> Pattern {
        Pattern(
            name: name, input: input, key: key, within: within, isSingleton: isSingleton, blocks: blocks,
            preconditions: preconditions, haltconditions: haltconditions, maximumRuns: maximumRuns,
            maximumHistory: maximumHistory, afterMatch: afterMatch, rest: rest, state: state, recent: recent,
            emit: emit, actions: actions, version: version)
    }
}

/// Patterns, one after the other.
@resultBuilder
public enum PatternsBuilder {
    public static func buildBlock(_ patterns: [Pattern]...) -> [Pattern] { patterns.flatMap(\.self) }
    public static func buildExpression(_ pattern: Pattern) -> [Pattern] { [pattern] }
    public static func buildOptional(_ patterns: [Pattern]?) -> [Pattern] { patterns ?? [] }
    public static func buildEither(first patterns: [Pattern]) -> [Pattern] { patterns }
    public static func buildEither(second patterns: [Pattern]) -> [Pattern] { patterns }
    public static func buildArray(_ patterns: [[Pattern]]) -> [Pattern] { patterns.flatMap(\.self) }
}

extension Phenomenon {
    /// A phenomenon whose patterns are written in Swift.
    ///
    /// - Parameters:
    ///   - name: of letters, digits, `_` and `-`; a level of the complex events' topic.
    ///   - patterns: any one of them completes the phenomenon.
    /// - Throws: all that is wrong with it.
    public init(
        _ name: String, description: String = "", @PatternsBuilder patterns: () throws -> [Pattern]
    ) throws(PatternBuildError) {
        var problems: [String] = []
        var built: [Pattern] = []
        do {
            built = try patterns()
        } catch let error as PatternBuildError {
            problems += error.problems
        } catch {
            problems.append("\(error)")
        }
        if name.wholeMatch(of: #/[A-Za-z0-9_-]{1,200}/#) == nil {
            problems.append("\(name): the name of a phenomenon is of letters, digits, _ and -")
        }
        if built.isEmpty, problems.isEmpty { problems.append("\(name): a phenomenon has at least one pattern") }
        for (index, pattern) in built.enumerated() where built[..<index].contains(where: { $0.name == pattern.name }) {
            problems.append("\(name): the pattern \(pattern.name) a second time")
        }
        guard problems.isEmpty else { throw PatternBuildError(problems: problems) }
        self.init(name: name, description: description, patterns: built)
    }
}
