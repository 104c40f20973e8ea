import BoboEngine
import BoboYAML
import CEL

/// Compiles the expressions of one pattern, and says of each that is wrong where and why.
struct ExpressionReader {
    /// What an expression may read.
    enum Reach {
        /// The event under check, the clock and the time zone.
        case event
        /// The run's key and history besides, and what came before.
        case run
        /// No event under check: what is asked when time has passed.
        case silence
        /// Of `emit` and `actions`: the last accepted event for the event, and none before it.
        case completion
    }

    let problems: ProblemCollector
    private let environment: ExpressionEnvironment
    private let groups: [String]
    private let definitions: [ExpressionEnvironment.Definition]
    private let compiled: CompiledExpressions
    /// What the pattern keeps for `latest` and `latest_of`.
    private let state: StateReach
    /// Whether the pattern keeps events for `recent`.
    private let keepsRecent: Bool

    /// What an expression may read where nothing else is said.
    private let reach: Reach
    /// nil: there is no `secret("name")`.
    private let secrets: KnownSecrets?

    /// - Parameters:
    ///   - otherGroups: those of the file's other patterns, for `emit` and `actions` alone.
    ///   - secrets: what `secret("name")` may name; for `actions` alone.
    init(
        groups: [String], otherGroups: [String] = [],
        definitions: [ExpressionEnvironment.Definition] = [], compiled: CompiledExpressions,
        state: StateReach = .none, keepsRecent: Bool = false, reach: Reach = .run, secrets: KnownSecrets? = nil,
        problems: ProblemCollector
    ) {
        self.state = state
        self.secrets = secrets
        self.reach = reach
        self.keepsRecent = keepsRecent
        self.definitions = definitions
        environment = compiled.environment(
            groups: groups, otherGroups: otherGroups, definitions: definitions, givesSecrets: secrets != nil)
        self.groups = groups + otherGroups
        self.compiled = compiled
        self.problems = problems
    }

    func program(_ node: YAMLNode, _ reach: Reach? = nil) -> Program? {
        guard let source = node.expression(problems) else { return nil }
        return program(source, reach)
    }

    /// An expression that is to give a bool.
    func condition(_ node: YAMLNode, _ reach: Reach? = nil) -> Program? {
        guard let source = node.expression(problems), let program = program(source, reach) else { return nil }
        guard program.type == .bool || program.type == .dyn else {
            problems.error(source.place, "found an expression of type \(program.type), expected a condition: bool")
            return nil
        }
        return program
    }

    func program(_ source: SourceText, _ reach: Reach? = nil) -> Program? {
        program(
            source.text, reach, place: { source.place(atScalar: $0) },
            comment: source.isFollowedByComment
                ? "; what follows # is a comment here: an expression that holds # stands in quotes" : "")
    }

    /// - Parameters:
    ///   - place: of a character of the expression.
    ///   - comment: what is added to problems.
    func program(
        _ text: String, _ reach: Reach? = nil, place: (Int) -> SourcePlace, comment: String = ""
    ) -> Program? {
        do {
            let program = try compiled.compile(
                text, in: environment, groups: groups, definitions: definitions, givesSecrets: secrets != nil)
            for hint in program.hints { problems.hint(place(hint.offset), hint.message) }
            let isSound = isWithin(reach ?? self.reach, program, place) && keeps(program, place)
            return secrets?.report(program, place, problems) != false && isSound ? program : nil
        } catch {
            for problem in error.problems { problems.error(place(problem.offset), problem.message + comment) }
            return nil
        }
    }

    private func isWithin(_ reach: Reach, _ program: Program, _ place: (Int) -> SourcePlace) -> Bool {
        switch reach {
        case .run: return true
        case .event:
            if program.readsEventAlone { return true }
            problems.error(
                place(0),
                "found the run's key or history, or what came before, expected an expression over the event alone")
        case .silence:
            if !program.readsEvent, !program.readsPrevious { return true }
            problems.error(
                place(0),
                "found the event under check, of which there is none when a wait is over; expected an expression over the history, latest and now (last is the event that was accepted last)"
            )
        case .completion:
            if !program.readsPrevious { return true }
            let name = program.readsRecent ? "recent" : "previous"
            problems.error(place(0), "found \"\(name)\", which \"emit\" and \"actions\" do not have")
        }
        return false
    }

    /// Whether the pattern keeps the topics that the expression reads the last messages of.
    private func keeps(_ program: Program, _ place: (Int) -> SourcePlace) -> Bool {
        if program.readsRecent, !keepsRecent, reach == .run {
            problems.error(
                place(0),
                "recent is what the pattern keeps under \"recent\", and it keeps nothing; expected \"recent\" with a number of events or a duration, such as 10 or 1h"
            )
            return false
        }
        guard program.readsState else { return true }
        var isSound = true
        for call in program.hostCalls where call.name.hasPrefix("latest") {
            let offset = call.offsets.first ?? 0
            guard case .kept(let filters) = state else {
                if case .none = state {
                    problems.error(
                        place(offset),
                        "\(call.name)() reads what the pattern keeps under \"state\", and it keeps nothing; expected \"state\" with the topics"
                    )
                    isSound = false
                }
                continue
            }
            guard case .string(let text)?? = call.arguments.first else { continue }
            if let why = StateReach.refusal(of: text, toFilter: call.name == "latest_of", filters) {
                problems.error(place(offset), why)
                isSound = false
            }
        }
        return isSound
    }
}
