/// What fails, and when.
struct FaultPlan {
    /// Which of a machine's two connections.
    struct Ways: CustomStringConvertible {
        var reading = true
        var peers = true
        var up = true
        var down = true

        var description: String {
            "\(reading ? "r" : "")\(peers ? "p" : "")\(up ? " up" : "")\(down ? " down" : "")"
        }
    }

    enum Fault {
        /// The process, or its machine, is gone with all its memory, and starts again.
        case kill(String, downFor: Duration, losesPower: Bool, dateOffset: Int64)
        /// The process stands still; its sockets fill.
        case pause(String, lasts: Duration)
        /// Connections are lost; each side notices after a time.
        case drop(String, Ways, brokerNotices: Duration, clientNotices: Duration)
        /// Nothing gets through, and TCP holds it back.
        case block(String, Ways, lasts: Duration)
        /// All takes longer.
        case slow(String, delay: Double, lasts: Duration)
        /// The gateway is asked to stop, and starts again.
        case stop(String, downFor: Duration)
        case stopBroker(downFor: Duration)
        case killBroker(downFor: Duration)
        /// A message between peers comes a second time, much later.
        case replay
    }

    /// In the time between, and some time after, what is read and replicated may be late.
    struct Window {
        let start: Duration
        let end: Duration
        /// nil: the broker.
        let gateway: String?
    }

    private(set) var faults: [(at: Duration, fault: Fault)] = []
    private(set) var windows: [Window] = []

    /// Nothing.
    init() {}

    init(_ scenario: Scenario, _ random: inout SeededRandom) {
        guard scenario.family != .calm else { return }
        var at = scenario.begin + random.duration(1...8)
        // One at a time has time to heal in between.
        let rest = scenario.family == .overlap ? 0.5...8 : 16.0...26
        // A date set right is known to the engine with the next message only.
        while at < scenario.healed - .seconds(scenario.family == .clock ? 10 : 1) {
            let fault = FaultPlan.fault(scenario.family, scenario, &random)
            let lasts = FaultPlan.length(of: fault) + (scenario.family == .clock ? .seconds(8) : .zero)
            faults.append((at, fault))
            if !scenario.family.isHarmless {
                windows.append(Window(start: at, end: at + lasts, gateway: FaultPlan.gateway(of: fault)))
            }
            at += random.duration(rest) + (scenario.family == .overlap ? .zero : lasts)
        }
    }

    private static func fault(_ family: Family, _ scenario: Scenario, _ random: inout SeededRandom) -> Fault {
        let gateway = scenario.gateways[Int.random(in: 0..<scenario.gateways.count, using: &random)]
        switch family {
        case .calm, .replay: return .replay
        case .kill, .clock:
            return .kill(
                gateway, downFor: random.duration(0.3...12), losesPower: random.happens(0.3),
                dateOffset: family == .clock ? Int64(random.duration(-4000...1).seconds * 1000) : 0)
        case .pause: return .pause(gateway, lasts: random.duration(0.2...9))
        case .absence:
            return random.happens(0.5)
                ? .pause(gateway, lasts: random.duration(25...80))
                : .block(gateway, Ways(), lasts: random.duration(25...80))
        case .drop:
            let ways = random.happens(0.5) ? Ways() : random.happens(0.5) ? Ways(reading: false) : Ways(peers: false)
            return .drop(
                gateway, ways, brokerNotices: random.happens(0.5) ? .zero : random.duration(0...10),
                clientNotices: random.happens(0.7) ? random.duration(0...0.5) : random.duration(0...8))
        case .block:
            var ways = Ways()
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1: ways.up = false
            case 2, 3: ways.down = false
            default: break
            }
            if random.happens(0.3) { if random.happens(0.5) { ways.reading = false } else { ways.peers = false } }
            return .block(gateway, ways, lasts: random.duration(0.3...15))
        case .slow: return .slow(gateway, delay: random.duration(0.1...3).seconds, lasts: random.duration(2...15))
        case .stop: return .stop(gateway, downFor: random.duration(0.3...12))
        case .brokerStop: return .stopBroker(downFor: random.duration(0.2...10))
        case .brokerKill: return .killBroker(downFor: random.duration(0.2...10))
        case .overlap:
            let families: [Family] = [
                .kill, .kill, .pause, .drop, .drop, .block, .block, .slow, .stop, .brokerStop, .replay, .replay,
            ]
            return fault(families[Int.random(in: 0..<families.count, using: &random)], scenario, &random)
        }
    }

    private static func length(of fault: Fault) -> Duration {
        switch fault {
        case .kill(_, let lasts, let losesPower, _): lasts + (losesPower ? .seconds(18) : .zero)
        case .pause(_, let lasts), .block(_, _, let lasts), .slow(_, _, let lasts), .stop(_, let lasts),
            .stopBroker(let lasts), .killBroker(let lasts):
            lasts
        case .drop(_, _, let one, let other): max(one, other) + .seconds(2)
        case .replay: .zero
        }
    }

    private static func gateway(of fault: Fault) -> String? {
        switch fault {
        case .kill(let id, _, _, _), .pause(let id, _), .block(let id, _, _), .slow(let id, _, _), .stop(let id, _),
            .drop(let id, _, _, _):
            id
        case .stopBroker, .killBroker, .replay: nil
        }
    }

    /// Whether a gateway, or the broker, failed then, or had failed just before and may not have found its way back.
    func hasFailed(_ gateway: String, at time: Duration) -> Bool {
        windows.contains {
            ($0.gateway ?? gateway) == gateway && $0.start - .seconds(1) <= time && time <= $0.end + .seconds(6)
        }
    }

    // MARK: Doing

    func schedule(in world: World) {
        for (at, fault) in faults {
            world.schedule.at(at) { [self] in
                let count = if case .replay = fault { 3 } else { 1 }
                for _ in 0..<count { happen(fault, world) }
            }
        }
        world.schedule.at(world.scenario.healed) { heal(world) }
    }

    func happen(_ fault: Fault, _ world: World) {
        let schedule = world.schedule
        let healed = world.scenario.healed
        func later(_ time: Duration, _ action: @escaping () -> Void) {
            schedule.at(min(schedule.now + time, healed), action)
        }
        switch fault {
        case .kill(let id, let lasts, let losesPower, let dateOffset):
            guard let gateway = world[id], gateway.state != .down else { return }
            gateway.kill(losesPower: losesPower)
            later(lasts) {
                guard gateway.state == .down else { return }
                if dateOffset != 0 { gateway.clock.dateOffset = dateOffset }
                gateway.clock.base = world.random.duration(10...1000)
                gateway.clock.start = schedule.now
                gateway.clock.rate = world.random.happens(0.5) ? 1 : 1 + world.random.duration(-0.001...0.001).seconds
                gateway.start()
                // Until it has the time from somewhere.
                later(world.random.duration(0.5...8)) { gateway.clock.dateOffset = 0 }
            }
        case .pause(let id, let lasts):
            guard let gateway = world[id], gateway.isUp else { return }
            gateway.pause()
            later(lasts) { gateway.goOn() }
        case .drop(let id, let ways, let brokerNotices, let clientNotices):
            world.trace { "connections of \(id) are lost: \(ways)" }
            for client in world[id]?.clients(reading: ways.reading, peers: ways.peers) ?? [] {
                client.breakConnection(brokerNotices: brokerNotices, clientNotices: clientNotices)
            }
        case .block(let id, let ways, let lasts):
            world.trace { "nothing gets through of \(id) for \(lasts.seconds) s: \(ways)" }
            block(id, ways, until: min(schedule.now + lasts, healed), world)
        case .slow(let id, let delay, let lasts):
            guard let gateway = world[id] else { return }
            world.trace { "\(id) is slow for \(lasts.seconds) s: \(delay) s" }
            let before = gateway.link
            gateway.link.least = delay * 0.3
            gateway.link.most = delay
            later(lasts) {
                world.trace { "\(id) is not slow any more" }
                gateway.link = SimulatedLink(least: 0.001, most: min(before.most, 0.02))
            }
        case .stop(let id, let lasts):
            guard let gateway = world[id], gateway.isUp else { return }
            gateway.stop()
            later(lasts + .seconds(4)) { gateway.start() }
        case .stopBroker(let lasts):
            guard world.broker.isUp else { return }
            world.trace { "the broker stops" }
            world.broker.stop()
            later(lasts) { world.startBroker() }
        case .killBroker(let lasts):
            guard world.broker.isUp else { return }
            world.trace { "the broker is killed" }
            world.broker.kill()
            later(lasts) { world.startBroker() }
        case .replay: world.replay()
        }
    }

    /// What is held back longer than the broker's or the client's patience costs the connection.
    private func block(_ id: String, _ ways: Ways, until end: Duration, _ world: World) {
        guard let gateway = world[id] else { return }
        for name in [ways.reading ? id : nil, ways.peers ? "\(id)-peers" : nil].compactMap(\.self) {
            world.blockedUntil[name] = (ways.up, ways.down, end)
        }
        for client in gateway.clients(reading: ways.reading, peers: ways.peers) {
            guard let connection = client.connection else { continue }
            connection.hold(up: ways.up, down: ways.down, until: end)
            let patience = world.keepAlive * 1.5
            guard end - world.schedule.now > patience else { continue }
            world.schedule.after(patience) {
                guard client.connection === connection else { return }
                client.breakConnection(brokerNotices: .zero, clientNotices: .milliseconds(10))
            }
        }
    }

    private func heal(_ world: World) {
        world.trace { "all is healed" }
        world.blockedUntil = [:]
        if !world.broker.isUp { world.startBroker() }
        for gateway in world.gateways {
            gateway.link = SimulatedLink()
            gateway.goOn()
            gateway.start()
        }
        // One that was asked to stop may still be about to.
        world.schedule.after(.seconds(6)) { for gateway in world.gateways { gateway.start() } }
    }
}
