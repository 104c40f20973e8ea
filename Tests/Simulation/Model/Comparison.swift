/// Compares what was published with what one gateway that reads everything publishes.
struct Comparison {
    private let world: World
    private let oracle: Oracle
    private let plan: FaultPlan

    /// Whether the broker itself loses nothing, and every gateway comes back.
    private var isAlwaysRead: Bool { world.scenario.family != .brokerKill }

    init(_ world: World, _ oracle: Oracle, _ plan: FaultPlan) {
        self.world = world
        self.oracle = oracle
        self.plan = plan
    }

    func check() -> SimulationResult.Figures {
        let record = world.record
        var figures = SimulationResult.Figures()
        figures.messages = record.messages.count
        figures.expected = oracle.expected.count
        figures.published = record.published.count
        figures.peerMessages = record.peerMessages
        figures.peerBytes = record.peerBytes
        figures.simulated = world.scenario.over.seconds
        var times: [Outcome.Name: Int] = [:]
        var actual: [Outcome.Name: Outcome] = [:]
        for published in record.published {
            times[published.outcome.name, default: 0] += 1
            if actual[published.outcome.name] == nil { actual[published.outcome.name] = published.outcome }
        }
        figures.publishedAgain = record.published.count - times.count
        for (name, outcome) in oracle.expected.sorted(by: { $0.key < $1.key }) {
            guard let found = actual[name] else {
                figures.missing += 1
                if !isExcused(outcome) { world.violate(.missing, "\(name) \(outcome.history)") }
                continue
            }
            if found.history != outcome.history {
                figures.different += 1
                if !isExcused(outcome) {
                    world.violate(.different, "\(name) \(found.history), expected \(outcome.history)")
                }
            }
        }
        for (name, outcome) in actual.sorted(by: { $0.key < $1.key }) where oracle.expected[name] == nil {
            figures.falseEvents += 1
            if !isExcused(outcome) { world.violate(.falseEvent, "\(name) \(outcome.history)") }
        }
        if !world.scenario.family.hasFaults {
            for (name, times) in times.sorted(by: { $0.key < $1.key }) where times > 1 {
                world.violate(.publishedTwice, "\(name), \(times) times")
            }
            for (run, times) in record.actions where times > 1 {
                world.violate(.actionTwice, "that of \(run), \(times) times")
            }
        }
        for published in record.published
        where published.outcome.name.phenomenon == PatternLibrary.withAction && record.actions[published.run] == nil {
            world.violate(.actionMissing, "\(published.outcome.name)")
        }
        for message in record.messages {
            let acts = record.acted[message.number] ?? []
            if acts.isEmpty { figures.unread += 1 }
            if acts.count > world.scenario.copies { figures.readTwice += 1 }
            if world.scenario.copies == 1, acts.count > 1, !isExcused(acts) {
                let readers = acts.map { "\($0.gateway) \($0.life) at \($0.at)" }
                world.violate(.readTwice, "\(message.topic) \(message.number): \(readers)")
            }
            if acts.isEmpty, isAlwaysRead, !isLostByRight(message) {
                world.violate(.unread, "\(message.topic) \(message.number)")
            }
        }
        return figures
    }

    /// What `mqtt.md` (What can be lost) allows: the message went with the expired sessions of all that were to read it; or,
    /// with two readers, both of it failed at once, so that each took it for read by the other.
    private func isLostByRight(_ message: SensorMessage) -> Bool {
        let readers = world.record.handedTo[message.number] ?? []
        // Nobody else reads what is fixed, also where the session of the one that does has expired.
        if readers.isEmpty, world.scenario.isFixed, world.scenario.family.mayExpire { return true }
        // Nor was there a reader, since its session was over and all others were on their way.
        if world.record.withoutReader.contains(message.number) { return true }
        let held = world.record.heldBy[message.number] ?? []
        // Where one reads at a time, others that are subscribed leave it to that one.
        if world.scenario.copies == 1 ? held.count < readers.count : held.isEmpty && !readers.isEmpty { return true }
        return world.scenario.copies > 1 && world.scenario.family == .overlap
            && readers.allSatisfy { plan.hasFailed($0, at: message.at) }
    }

    /// Whether all but the last were of lives that were killed before the broker had their acknowledgment.
    private func isExcused(_ acts: [Record.Act]) -> Bool {
        // What lies between a cut and the end of the subscription may be left in the session of one that is gone by then.
        if world.scenario.family == .brokerKill || world.scenario.family == .overlap { return true }
        return acts.dropLast().allSatisfy { act in
            guard let killed = world.record.killed["\(act.gateway) \(act.life)"] else { return false }
            return killed - act.at < .seconds(1)
        }
    }

    /// Whether it was under way while what is read and replicated could be late, so that another order is no fault.
    private func isExcused(_ outcome: Outcome) -> Bool {
        let scenario = world.scenario
        if scenario.family.isHarmless { return false }
        // Complex events of several gateways come in the order in which these know of them: docs/simulation.md.
        let isStrict = outcome.name.phenomenon != PatternLibrary.onComplexEvents
        if isStrict, scenario.copies == 2, scenario.family.keepsAllWithTwoCopies { return false }
        let before = Duration.milliseconds(500)
        let after = Duration.seconds(45)
        guard let start = time(of: outcome.name.first) else { return true }
        // Of a gateway whose date was wrong it may lie anywhere.
        let end = max(start, .milliseconds(outcome.timestamp - LocalClock.epoch))
        return plan.windows.contains { $0.start - before <= end && start <= $0.end + after }
    }

    private func time(of number: Int) -> Duration? {
        world.record.messages.indices.contains(number) ? world.record.messages[number].at : nil
    }
}
