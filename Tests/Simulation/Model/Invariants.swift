import BoboEngine
import BoboPeers
import BoboSharing

/// What must hold at any time, and after healing.
final class Invariants {
    private let world: World
    private var resyncsWhenReady: Int?
    /// By gateway, how far the runs were that were looked at.
    private var looked: [String: [RunIdentifier: RunRank]] = [:]

    private static let interval = Duration.milliseconds(500)

    init(_ world: World) { self.world = world }

    func watch() {
        world.schedule.after(Invariants.interval) { [self] in
            look()
            watch()
        }
    }

    private func look() {
        if world.gateways.contains(where: \.isAble) { world.readership.pass(Invariants.interval) }
        for gateway in world.gateways {
            guard let engine = gateway.engine else { continue }
            let remembered = engine.engine.remembered
            lookAtBounds(gateway, engine)
            var ranks: [RunIdentifier: RunRank] = [:]
            defer { looked[gateway.id] = ranks }
            for run in engine.engine.activeRuns {
                if remembered[run] != nil || engine.peers?.remembers(run) == true {
                    world.violate(.cameBack, "\(run) is active at \(gateway.id), and remembered as ended")
                }
                let rank = engine.engine.rank(of: run)
                ranks[run] = rank
                guard rank != looked[gateway.id]?[run] else { continue }
                guard world.scenario.hasIdentifiers, let copy = engine.engine.copy(of: run) else { continue }
                let events = copy.history.map(\.event.identifier)
                if Set(events).count != events.count {
                    world.violate(.eventTwice, "\(run) at \(gateway.id) holds an event twice")
                }
            }
        }
        guard !world.scenario.family.hasFaults else { return }
        if world.scenario.stashIsLarge, resyncsWhenReady == nil,
            world.schedule.now >= world.scenario.begin - .seconds(1)
        {
            resyncsWhenReady = resyncs
        }
    }

    /// Nothing grows without end.
    private func lookAtBounds(_ gateway: SimulatedGateway, _ engine: SharedEngine) {
        guard let holdings = engine.peers?.holdings else { return }
        if holdings.stash > world.scenario.stashLimit {
            world.violate(.kept, "\(holdings.stash) runs wait for one peer at \(gateway.id)")
        }
        guard gateway.isUp, world.schedule.now - gateway.runsSince > .seconds(5) else { return }
        // Of a gateway that was away nothing has aged meanwhile, and it tells the others.
        let awayTime = world.gateways.reduce(Duration.zero) { $0 + ($1.engine?.peers?.holdings.awayTime ?? .zero) }
        // A span of time is let go as a whole; what a live peer has not acknowledged later; and so what ended later at another.
        let age = world.scenario.rememberAge * 2 + awayTime
        let old = gateway.moment.now.wholeMilliseconds - age.wholeMilliseconds
        if let (run, entry) = engine.engine.remembered.all.first(where: { $0.value.ended < old }) {
            let ago = gateway.moment.now.wholeMilliseconds - entry.ended
            world.violate(.kept, "\(run), which ended \(ago) ms ago, is remembered at \(gateway.id)")
        }
    }

    /// What is done needs no room.
    private func lookAtWhatIsLeft(_ gateway: SimulatedGateway) {
        guard let engine = gateway.engine, let holdings = engine.peers?.holdings else { return }
        let left = [
            "stash": holdings.stash, "histories": holdings.histories, "unacknowledged": holdings.unacknowledged,
            "unpublished": holdings.unpublished, "needs": holdings.needs, "events": engine.keptEvents.count,
        ]
        for (name, count) in left.sorted(by: { $0.key < $1.key }) where count > 0 {
            let which = name == "events" ? " \(engine.keptEvents)" : ""
            world.violate(.kept, "\(name) at \(gateway.id): \(count) in the end\(which)")
        }
    }

    private var resyncs: Int { world.gateways.reduce(0) { $0 + ($1.engine?.peers?.counters.resyncs ?? 0) } }

    func atTheEnd() {
        look()
        if let before = resyncsWhenReady, resyncs != before {
            world.violate(.resync, "\(resyncs - before) full states were sent")
        }
        let live = world.gateways.filter(\.isUp)
        if live.count != world.gateways.count { world.violate(.notTogether, "only \(live.map(\.id)) run") }
        for gateway in live {
            lookAtWhatIsLeft(gateway)
            let peers = gateway.engine?.peers
            let members = peers?.members ?? []
            if members != world.scenario.gateways {
                world.violate(.notTogether, "\(gateway.id) takes \(members) for those that take part")
            }
        }
        guard let first = live.first, let engine = first.engine?.engine else { return }
        for gateway in live.dropFirst() {
            guard let other = gateway.engine?.engine else { continue }
            compareActive(first.id, engine, gateway.id, other)
            compareEnded(first, gateway)
        }
        let published = Set(world.record.published.map(\.run))
        for gateway in live {
            guard let remembered = gateway.engine?.engine.remembered else { continue }
            for (run, entry) in remembered.all where entry.status == .completed && !published.contains(run) {
                world.violate(.neverPublished, "\(run), completed at \(gateway.id)")
            }
        }
    }

    private func compareActive(_ one: String, _ first: Engine, _ two: String, _ second: Engine) {
        let here = Set(first.activeRuns)
        let there = Set(second.activeRuns)
        for run in here.symmetricDifference(there) {
            // One that its clock halts a moment later here than there.
            let has = here.contains(run) ? one : two
            let lacks = here.contains(run) ? second : first
            if lacks.remembered[run]?.status == .halted, lacks.remembered[run].map({ $0.isFresh(at: lacks) }) ?? false {
                continue
            }
            world.violate(.activeDiffers, "\(run) is active at \(has) alone of \(one) and \(two)")
        }
        for run in here.intersection(there) where first.rank(of: run) != second.rank(of: run) {
            world.violate(.activeDiffers, "\(run) is further at one of \(one) and \(two)")
        }
    }

    private func compareEnded(_ one: SimulatedGateway, _ two: SimulatedGateway) {
        guard let here = one.engine?.engine.remembered, let there = two.engine?.engine.remembered else { return }
        for (run, entry) in here.all where entry.status == .completed {
            if there[run]?.status != .completed, isYoung(entry, one) {
                world.violate(
                    .endedDiffers, "\(run) is completed at \(one.id), \(age(entry, one)) ms ago, and not at \(two.id)")
            }
        }
        for (run, entry) in there.all where entry.status == .completed {
            if here[run]?.status != .completed, isYoung(entry, two) {
                world.violate(
                    .endedDiffers, "\(run) is completed at \(two.id), \(age(entry, two)) ms ago, and not at \(one.id)")
            }
        }
    }

    /// Whether it is far from being forgotten.
    private func isYoung(_ entry: RememberedRuns.Entry, _ gateway: SimulatedGateway) -> Bool {
        age(entry, gateway) < world.scenario.rememberAge.wholeMilliseconds * 8 / 10
    }

    private func age(_ entry: RememberedRuns.Entry, _ gateway: SimulatedGateway) -> Int64 {
        gateway.moment.now.wholeMilliseconds - entry.ended
    }
}

extension RememberedRuns.Entry {
    fileprivate func isFresh(at engine: Engine) -> Bool { true }
}
