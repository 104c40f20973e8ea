import Testing

@testable import BoboGateway

/// What is kept for those who look, and its bounds.
@Suite struct ObservationTests {
    @Test func theLastEventsAreKeptAndNumbered() {
        var events = ObservedEvents()
        for index in 1...ObservedEvents.maximumCount + 5 { events.append(Array("\(index)".utf8)) }
        #expect(events.after(0).count == ObservedEvents.maximumCount)
        #expect(events.after(0).first?.number == 6)
        #expect(events.after(204).map(\.number) == [205])
        #expect(events.after(205).isEmpty)
    }

    @Test func eventsHaveABoundInBytes() {
        var events = ObservedEvents()
        let large = [UInt8](repeating: 32, count: ObservedEvents.maximumLength)
        for _ in 0..<50 { events.append(large) }
        #expect(events.after(0).map(\.json.count).reduce(0, +) <= ObservedEvents.maximumBytes)
        events.append(large + [32])
        #expect(events.passedOver == 1)
        #expect(events.after(0).last?.number == 50)
    }

    @Test func topicsAreCountedWithTheirLastMessage() throws {
        var topics = TopicActivity()
        topics.note("a", [1], arrival: 10)
        topics.note("b", [2], arrival: 20)
        topics.note("a", [UInt8](repeating: 3, count: 1000), arrival: 30)
        #expect(topics.lines.map(\.topic) == ["a", "b"])
        #expect(topics.lines.map(\.count) == [2, 1])
        let first = try #require(topics.lines.first)
        #expect(first.last == 30 && first.isCut && first.payload.count == TopicActivity.maximumPayload)
        for index in 0..<TopicActivity.maximumTopics { topics.note("t\(index)", [], arrival: 40) }
        #expect(topics.lines.count == TopicActivity.maximumTopics)
        #expect(topics.others == 2)
    }

    @Test func aWarningThatComesAgainIsCountedAndComesFirst() {
        var warnings = ObservedWarnings()
        warnings.append("one", date: 1)
        warnings.append("two", date: 2)
        warnings.append("one", date: 3)
        #expect(warnings.lines.map(\.text) == ["one", "two"])
        #expect(warnings.lines.map(\.count) == [2, 1])
        #expect(warnings.lines.map(\.last) == [3, 2])
        for index in 0..<100 { warnings.append("\(index)" + String(repeating: "x", count: 2000), date: 4) }
        #expect(warnings.lines.count == ObservedWarnings.maximumCount)
        #expect(warnings.lines.allSatisfy { $0.text.count < 700 })
    }

    @Test func whoeverClaimsToBeAGatewayIsBounded() {
        var gateways = OtherGateways()
        for index in 0..<200 { gateways.take(status: true, of: "gw-\(index)", date: 1) }
        #expect(gateways.lines.count == OtherGateways.maximumCount)
        gateways.take(statistics: [UInt8](repeating: 1, count: 100_000), of: "gw-1", date: 2)
        #expect(gateways.lines.allSatisfy { $0.statistics == nil })
    }

    @Test func nobodyWaitsForAGatewayThatHasEnded() async {
        let observation = GatewayObservation {}
        async let snapshot = observation.snapshot()
        while observation.takeWish() == nil { await Task.yield() }
        observation.end()
        #expect(await snapshot == nil)
        #expect(await observation.snapshot() == nil)
    }
}
