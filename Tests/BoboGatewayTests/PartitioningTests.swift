import BoboMQTT
import BoboTopics
import Testing

@testable import BoboGateway

@Suite struct PartitioningTests {
    private func wanted(_ filters: [String]) throws -> [WantedFilter] {
        try filters.map { WantedFilter(try TopicFilter($0)) }
    }

    private func divided(
        _ filters: [String], into partitions: [String] = [], state: [String] = []
    ) throws -> Partitioning {
        Partitioning(
            try wanted(filters), state: try wanted(state), way: .divided(try partitions.map { try TopicFilter($0) }),
            prefix: "bobo")
    }

    private func subscribed(_ plan: ReadingPlan, _ partition: String) -> [String] {
        plan.subscriptions(of: partition).map(\.filter.text)
    }

    @Test("What is subscribed is the intersection of a wanted filter and a partition")
    func intersections() throws {
        let plan = ReadingPlan(
            try divided(["home/+/temperature", "home/hall/#"], into: ["home/kitchen/#", "home/hall/#", "home/#"]),
            identifiers: true)
        #expect(plan.partitioning.names == ["home/kitchen/#", "home/hall/#", "home/#"])
        #expect(subscribed(plan, "home/kitchen/#") == ["home/kitchen/temperature"])
        #expect(subscribed(plan, "home/hall/#") == ["home/hall/#"])
        #expect(subscribed(plan, "home/#") == ["home/+/temperature"])
        #expect(plan.always == [])
        #expect(try plan.partitioning.partition(of: TopicName("home/hall/x")) == "home/hall/#")
        #expect(try plan.partitioning.partition(of: TopicName("home/den/temperature")) == "home/#")
        #expect(try plan.partitioning.partition(of: TopicName("garden")) == nil)
    }

    @Test("Without filters each filter that is subscribed is a partition, whatever order the patterns stand in")
    func byDefault() throws {
        let filters = ["home/#", "home/+/t", "garden/t", "bobo/events/x"]
        let one = try divided(filters)
        #expect(one.names == ["garden/t", "home/#"])
        #expect(try divided(filters.reversed()).names == one.names)
        #expect(one.partitions.allSatisfy { !$0.isRest })
    }

    @Test("Topics that no partition covers form one more, subscribed by the wanted filters themselves")
    func rest() throws {
        let partitioning = try divided(
            ["home/+/temperature", "garden/t/x", "home/kitchen/smoke"], into: ["home/kitchen/#"])
        #expect(partitioning.names == ["home/kitchen/#", "+/+/+"])
        #expect(partitioning.partitions.map(\.isRest) == [false, true])
        let plan = ReadingPlan(partitioning, identifiers: true)
        #expect(subscribed(plan, "+/+/+") == ["garden/t/x", "home/+/temperature"])
        // Its reader drops what belongs to others.
        let route = try plan.route(of: TopicName("home/kitchen/temperature"))
        #expect(route.partition == "home/kitchen/#")
        let copies = plan.subscriptions(of: "+/+/+").compactMap(\.identifier)
        #expect(!copies.contains { route.event == .bearing($0) })
        #expect(try plan.route(of: TopicName("home/hall/temperature")).partition == "+/+/+")
        #expect(try plan.route(of: TopicName("home/hall/x")).event == .unwanted)
    }

    @Test("One gateway that reads everything subscribes as before there were partitions", arguments: [true, false])
    func whole(identifiers: Bool) throws {
        let wanted = try wanted(["home/+/t", "home/kitchen/#", "home/hall/t", "garden/t"])
        let plan = ReadingPlan(Partitioning(wanted, way: .whole, prefix: "bobo"), identifiers: identifiers)
        let before = SubscriptionPlan(wanted, identifiers: identifiers)
        #expect(plan.always == before.subscriptions)
        #expect(plan.partitioning.names == [])
        for topic in ["home/kitchen/t", "home/hall/t", "garden/t", "garden/x", "home/x/y"] {
            let name = try TopicName(topic)
            #expect(plan.route(of: name).event == before.route(of: name))
            #expect(plan.route(of: name).partition == nil)
        }
    }

    @Test("A shared subscription has the group before each filter, and its messages are judged without it")
    func shared() throws {
        let partitioning = Partitioning(
            try wanted(["home/#", "garden/t"]), state: try wanted(["home/#"]), way: .shared(group: "g"), prefix: "bobo")
        #expect(partitioning.names == [])
        let plan = ReadingPlan(partitioning, identifiers: true)
        #expect(plan.always.map(\.filter.text) == ["$share/g/garden/t", "$share/g/home/#", "home/#"])
        let identifiers = plan.always.compactMap(\.identifier)
        #expect(Set(identifiers).count == 3)
        let route = try plan.route(of: TopicName("home/x"))
        #expect(route.use({ $0 == .bearing(identifiers[1]) }, acts: { _ in false }) == .event)
        #expect(route.use({ $0 == .bearing(identifiers[2]) }, acts: { _ in false }) == .state)
        // Under 3.1.1 the two could not be told apart.
        let without = ReadingPlan(partitioning, identifiers: false)
        #expect(without.always.map(\.filter.text) == ["$share/g/garden/t", "$share/g/home/#"])
    }

    @Test("Topics of state are read by every gateway, and are events only where their partition is read")
    func state() throws {
        let plan = ReadingPlan(
            try divided(["home/+/t", "door"], state: ["home/kitchen/#", "door"]), identifiers: true)
        #expect(plan.always.map(\.filter.text) == ["door", "home/kitchen/#"])
        #expect(plan.subscriptions(of: "door").first?.identifier == plan.always[0].identifier)
        #expect(plan.unsubscriptions(of: "door") == [], "state goes on")
        #expect(plan.unsubscriptions(of: "home/+/t").map(\.text) == ["home/+/t"])
        func uses(_ topic: String, acts: Bool, subscriptions: [ReadingPlan.Subscription]) throws -> [MessageRoute.Use] {
            let name = try TopicName(topic)
            let route = plan.route(of: name)
            return subscriptions.filter { $0.filter.matches(name) }.map { one in
                route.use({ one.identifier.map(TopicRoute.bearing) == $0 }, acts: { _ in acts })
            }.filter { $0 != .none }
        }
        let all = plan.subscriptions(reading: ["door", "home/+/t"])
        #expect(all.map(\.filter.text) == ["door", "home/+/t", "home/kitchen/#"])
        for topic in ["door", "home/kitchen/t"] {
            #expect(try uses(topic, acts: true, subscriptions: all) == [.event])
            #expect(try uses(topic, acts: false, subscriptions: all) == [.state])
            #expect(try uses(topic, acts: false, subscriptions: plan.always) == [.state])
        }
        #expect(try uses("home/kitchen/x", acts: true, subscriptions: all) == [.state])
        #expect(try uses("home/hall/t", acts: true, subscriptions: all) == [.event])
        #expect(try uses("home/hall/t", acts: false, subscriptions: all) == [])
    }

    @Test("The gateways' own topics are not wanted, whatever filter matches them")
    func own() throws {
        for way in [Partitioning.Way.whole, .divided([])] {
            let plan = ReadingPlan(Partitioning(try wanted(["#"]), way: way, prefix: "bobo"), identifiers: true)
            #expect(try plan.route(of: TopicName("bobo/events/x")) == .unwanted)
            #expect(try plan.route(of: TopicName("bob/events")).event != .unwanted)
        }
    }

    @Test("When patterns change, what stays is left alone")
    func changes() throws {
        let old = ReadingPlan(try divided(["a", "b"], into: ["a", "b", "c"]), identifiers: true)
        let new = ReadingPlan(try divided(["b", "c"], into: ["a", "b", "c"]), identifiers: true)
        let changes = new.changes(from: old, reading: ["a", "b", "c"])
        #expect(changes.subscribe.map(\.filter.text) == ["c"])
        #expect(changes.unsubscribe.map(\.text) == ["a"])
    }

    @Test("Cuts of different partitions have different topics, each one of an MQTT level under the prefix")
    func cuts() throws {
        let partitioning = try divided(["home/#", "garden/+"])
        let topics = partitioning.names.map(partitioning.cutTopic)
        #expect(Set(topics).count == 2)
        #expect(topics.allSatisfy { $0.wholeMatch(of: #/bobo/cut/[0-9a-f]{32}/#) != nil })
    }

    /// Partitions are given to gateways by chance; each copy that a broker sends (one for each matching subscription, or one
    /// in all) is judged at its gateway.
    @Test(
        "Of random filters, partitions and topics, each wanted message is one event in all, at its partition's reader")
    func property() throws {
        var random = SystemRandomNumberGenerator()
        let words = ["a", "b", "", "$c", "bobo"]
        func filter() -> TopicFilter? {
            var levels = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                Int.random(in: 0..<3, using: &random) == 0 ? "+" : words.randomElement(using: &random) ?? "a"
            }
            if Int.random(in: 0..<3, using: &random) == 0 { levels.append("#") }
            return try? TopicFilter(levels.joined(separator: "/"))
        }
        func filters(_ count: ClosedRange<Int>) -> [TopicFilter] {
            (0..<Int.random(in: count, using: &random)).compactMap { _ in filter() }
        }
        var topics: [[Substring]] = [[]]
        var all: [TopicName] = []
        for _ in 0..<3 {
            topics = topics.flatMap { topic in (words + ["z"]).map { topic + [$0[...]] } }
            all += topics.compactMap { try? TopicName($0.joined(separator: "/")) }
        }
        var events = 0
        for round in 0..<400 {
            let (wanted, state, given) = (filters(1...5), filters(0...2), Array(Set(filters(0...4))))
            let partitioning = Partitioning(
                wanted.map { WantedFilter($0, qos: QoS.allCases.randomElement(using: &random)) },
                state: state.map { WantedFilter($0) }, way: .divided(given), prefix: "bobo")
            let names = partitioning.names
            #expect(Set(names).count == names.count, "\(names)")
            let gateways = 2
            let reads = names.map { _ in Int.random(in: 0..<gateways, using: &random) }
            for identifiers in [true, false] {
                let plan = ReadingPlan(partitioning, identifiers: identifiers)
                let mine = (0..<gateways).map { gateway in
                    zip(names, reads).filter { $0.1 == gateway }.map(\.0)
                }
                let subscriptions = mine.map { plan.subscriptions(reading: $0) }
                for topic in all.shuffled(using: &random).prefix(60) {
                    let isOwn = topic.levels[0] == "bobo"
                    let isWanted = !isOwn && wanted.contains { $0.matches(topic) }
                    let isState = !isOwn && state.contains { $0.matches(topic) }
                    let route = plan.route(of: topic)
                    var uses: [[MessageRoute.Use]] = []
                    for gateway in 0..<gateways {
                        let acts = { (name: String) in mine[gateway].contains(name) }
                        let copies = subscriptions[gateway].filter { $0.filter.matches(topic) }
                        // Without identifiers brokers send one copy.
                        uses.append(
                            copies.prefix(identifiers ? copies.count : 1).map { copy in
                                route.use({ $0 == .every || $0 == copy.identifier.map(TopicRoute.bearing) }, acts: acts)
                            })
                    }
                    let description = "\(round): \(topic) of \(wanted), state \(state), in \(given): \(uses)"
                    #expect(uses.joined().count { $0 == .event } == (isWanted ? 1 : 0), "\(description)")
                    for one in uses where isState { #expect(one.count { $0 != .none } == 1, "\(description)") }
                    if !isState { #expect(!uses.joined().contains(.state), "\(description)") }
                    if isWanted {
                        events += 1
                        let first = given.first { $0.matches(topic) }
                        if let first { #expect(route.partition == first.text, "\(description)") }
                        if first == nil, !given.isEmpty { #expect(route.partition == names.last, "\(description)") }
                    }
                }
                for one in subscriptions {
                    for (index, subscription) in one.enumerated() {
                        for other in one[(index + 1)...] where other.filter.overlaps(subscription.filter) {
                            #expect(other.qos == subscription.qos)
                            #expect(!identifiers || other.identifier != subscription.identifier)
                        }
                    }
                }
            }
        }
        #expect(events > 2000)
    }
}
