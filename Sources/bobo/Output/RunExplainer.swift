import BoboEngine
import BoboTopics
import BoboYAML
import CEL

/// Tells of each run of some patterns what each event did to it, and why not more: when the run ends, or at the end.
final class RunExplainer {
    private struct Pattern {
        let names: BlockNames
        /// Events that began no run, by the reason.
        var unused: [String: (count: Int, example: String)] = [:]
        var begun = 0
    }

    /// Of the reasons why events began no run.
    private static let maximumReasons = 20

    private var patterns: [PatternName: Pattern] = [:]
    private var stories: [RunIdentifier: RunStory] = [:]
    private var order: [RunIdentifier] = []
    private let write: (String) throws -> Void

    /// - Parameter write: takes a line.
    init(_ phenomena: [Phenomenon], _ names: Set<PatternName>, write: @escaping (String) throws -> Void) {
        self.write = write
        for phenomenon in phenomena {
            for pattern in phenomenon.patterns {
                let name = PatternName(phenomenon: phenomenon.name, pattern: pattern.name)
                if names.contains(name) { patterns[name] = Pattern(names: BlockNames(pattern)) }
            }
        }
    }

    func take(_ explanations: [Explanation], _ changes: [Change]) throws {
        var next = 0
        for explanation in explanations {
            while next < explanation.changes.lowerBound {
                try apply(changes[next], nil)
                next += 1
            }
            var touched: Set<RunIdentifier> = []
            var hasBegun = false
            while next < min(explanation.changes.upperBound, changes.count) {
                let change = changes[next]
                try apply(change, explanation)
                touched.formUnion(change.runs.map(\.identifier))
                hasBegun = hasBegun || change.kind == .started || change.runs.contains { $0.base == 0 }
                next += 1
            }
            tellIgnored(explanation, touched, hasBegun: hasBegun)
        }
        while next < changes.count {
            try apply(changes[next], nil)
            next += 1
        }
        if order.count > 64, order.count > 2 * stories.count { order.removeAll { stories[$0] == nil } }
    }

    /// Tells of the runs that are not at their end, and of events that began none.
    func finish() throws {
        for identifier in order {
            guard let story = stories.removeValue(forKey: identifier) else { continue }
            try tell(story, story.ending)
        }
        for (name, pattern) in patterns.sorted(by: {
            ($0.key.phenomenon, $0.key.pattern) < ($1.key.phenomenon, $1.key.pattern)
        }) {
            try write("\(name.phenomenon) \(name.pattern): \(count(pattern.begun, "run", "runs")) begun")
            let reasons = pattern.unused.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            for (reason, events) in reasons.prefix(RunExplainer.maximumReasons) {
                try write("  \(count(events.count, "event", "events")) began none: \(reason)")
                try write("            such as \(events.example)")
            }
            if reasons.count > RunExplainer.maximumReasons {
                try write("  and others, for \(reasons.count - RunExplainer.maximumReasons) more reasons")
            }
        }
    }

    // MARK: Changes

    private func apply(_ change: Change, _ explanation: Explanation?) throws {
        let name = PatternName(phenomenon: change.phenomenon, pattern: change.pattern)
        guard let pattern = patterns[name] else { return }
        for run in change.runs {
            if stories[run.identifier] == nil {
                guard change.accepted != nil else { continue }
                begin(run.identifier, name, change)
            }
            let answers = explanation.flatMap { $0.tells(of: run.identifier) ? $0.answers : nil } ?? []
            switch change.kind {
            case .advanced where change.accepted == nil && !answers.isEmpty:
                let then =
                    change.block < pattern.names.pattern.blocks.count
                    ? "; waits at \(pattern.names.name(change.block))" : ""
                let why = EventReason(names: pattern.names).moved(answers)
                stories[run.identifier]?.happened(explanation.map { text($0.event) }, at: change.timestamp, why + then)
                stories[run.identifier]?.block = change.block
            case .started, .advanced: advance(run.identifier, change, pattern.names)
            case .completed:
                if let event = change.accepted {
                    stories[run.identifier]?.happened(
                        text(event), at: change.timestamp, accepted(change, pattern.names))
                }
                stories[run.identifier]?.happenedBesides(at: change.timestamp, "complete")
                try end(run.identifier, change, "complete")
            case .halted(let reason):
                let why = EventReason(names: pattern.names).halted(reason, answers)
                let event = answers.isEmpty ? nil : explanation.map { text($0.event) }
                stories[run.identifier]?.happened(event, at: change.timestamp, "halted: \(why)")
                try end(run.identifier, change, "halted (\(reason.rawValue))")
            }
        }
    }

    private func begin(_ identifier: RunIdentifier, _ name: PatternName, _ change: Change) {
        var json = JSONWriter()
        json.write(change.key)
        let key = json.text == "null" ? "" : ", key \(shortened(harmless(json.text), to: 80))"
        var time = JSONWriter()
        time.write(time: change.timestamp)
        let when = time.text.replacing("\"", with: "")
        let heading = "\(name.phenomenon) \(name.pattern)\(key), begun \(when)"
        stories[identifier] = RunStory(heading: heading, start: change.timestamp, block: change.block)
        order.append(identifier)
        patterns[name]?.begun += 1
    }

    private func advance(_ identifier: RunIdentifier, _ change: Change, _ names: BlockNames) {
        let isComplete = change.block >= names.pattern.blocks.count
        let then = isComplete ? "" : "; waits at \(names.name(change.block))"
        if let event = change.accepted {
            stories[identifier]?.happened(text(event), at: change.timestamp, accepted(change, names) + then)
        } else {
            let block = names.name(max(change.block - 1, 0))
            stories[identifier]?.happened(nil, at: change.timestamp, "the wait of \(block) is over\(then)")
        }
        stories[identifier]?.block = change.block
    }

    private func accepted(_ change: Change, _ names: BlockNames) -> String {
        change.group.isEmpty ? "accepted" : "accepted into \(change.group)"
    }

    private func end(_ identifier: RunIdentifier, _ change: Change, _ ending: String) throws {
        guard let story = stories.removeValue(forKey: identifier) else { return }
        try tell(story, "\(ending) after \(DurationText.text(change.timestamp - story.start))")
    }

    private func tell(_ story: RunStory, _ ending: String) throws {
        for line in story.lines(ending) { try write(line) }
        try write("")
    }

    // MARK: Events that changed nothing

    private func tellIgnored(_ explanation: Explanation, _ touched: Set<RunIdentifier>, hasBegun: Bool) {
        guard let pattern = patterns[explanation.name] else { return }
        let reason = EventReason(names: pattern.names)
        switch explanation.subject {
        case .runs(let runs, _):
            let why = reason.ignored(explanation.answers)
            let values = reason.values(explanation.answers)
            for run in runs where !touched.contains(run) {
                stories[run]?.ignored(
                    text(explanation.event), at: explanation.event.timestamp, because: why, values: values)
            }
        case .start:
            guard !hasBegun else { return }
            note(explanation, startReason(explanation, pattern.names))
        case .unseen(.input): note(explanation, "the condition of its input is not met")
        case .unseen(.key):
            note(explanation, "its key cannot be had: \(pattern.names.pattern.key.map { harmless($0.source) } ?? "")")
        }
    }

    private func startReason(_ explanation: Explanation, _ names: BlockNames) -> String {
        let isMatch = explanation.answers.contains { answer in
            if case .block = names.purpose(answer.predicate) { answer.verdict == .match } else { false }
        }
        if explanation.answers.isEmpty, names.pattern.rest != nil { return "the key rests" }
        if explanation.answers.isEmpty { return "an event that completes a run begins none (after_match)" }
        guard isMatch else { return EventReason(names: names).ignored(explanation.answers) }
        if let last = explanation.answers.last, case .unless = names.purpose(last.predicate), last.verdict == .match {
            return EventReason(names: names).halted(.unless, [last])
        }
        return names.pattern.isSingleton
            ? "block 1 matches, but the key has an active run (singleton)" : "block 1 matches, but none may begin now"
    }

    private func note(_ explanation: Explanation, _ reason: String) {
        guard let known = patterns[explanation.name]?.unused else { return }
        // Reasons name what an expression says, of which there may be as many as events.
        let reason = known[reason] != nil || known.count < 1000 ? reason : "for other reasons"
        let example = known[reason]?.example ?? text(explanation.event)
        patterns[explanation.name]?.unused[reason] = ((known[reason]?.count ?? 0) + 1, example)
    }

    private func text(_ event: Event) -> String {
        let body =
            event.body.format == .bytes
            ? "(\(event.body.count) bytes)" : String(decoding: event.body.bytes.prefix(400), as: UTF8.self)
        return
            "\(harmless(event.topic.name.text)) \(shortened(harmless(body.split(whereSeparator: \.isNewline).joined(separator: " ")), to: 100))"
    }
}

extension RunStory {
    fileprivate var ending: String { "not complete at the end of the events" }
}

extension Explanation {
    fileprivate func tells(of run: RunIdentifier) -> Bool {
        if case .runs(let runs, _) = subject { runs.contains(run) } else { false }
    }
}
