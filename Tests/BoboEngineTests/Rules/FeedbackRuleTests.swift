import Testing

@testable import BoboEngine

/// Section "Events": complex and action events feed back into the stream.
@Suite struct FeedbackRuleTests {
    private static func pattern(_ phenomenon: String, _ blocks: String, _ rest: String = "") -> String {
        "phenomenon: \(phenomenon)\npatterns: [{name: q, blocks: [\(blocks)]}]\n\(rest)"
    }

    @Test func patternsBuildOnPatterns() throws {
        var trial = try Trial(
            FeedbackRuleTests.pattern("low", "{followed_by: {on: t, where: A}}", "emit: {data: '{\"v\": payload.v}'}"),
            FeedbackRuleTests.pattern(
                "high",
                "{followed_by: {on: bobo/events/low, where: \"payload.subject == 'q' && payload.data.data.v > 3 && kind == 'complex'\"}, group: g}"
            ))
        trial.take("A1 A5")
        #expect(trial.namedRuns == ["low/q 1", "low/q 2", "high/q g<q>"])
        let history = try #require(trial.complexEvents.last).document.history["g"]?.first
        #expect(history?["kind"] as? String == "complex" && history?["topic"] as? String == "bobo/events/low")
        #expect(history?["id"] as? String == trial.complexEvents[1].identifier.description)
        #expect((history?["payload"] as? [String: Any])?["subject"] as? String == "q")
    }

    @Test(arguments: [
        ("bobo/events/+", true), ("bobo/events/low", true), ("bobo/#", true), ("#", false), ("+/events/#", false),
        ("+/+/low", false),
    ])
    func theyAreSeenOnlyThroughAFilterThatNamesThePrefix(_ filter: String, _ isSeen: Bool) throws {
        var trial = try Trial(
            FeedbackRuleTests.pattern("low", "{followed_by: {on: t, where: A}}"),
            "phenomenon: x\npatterns: [{name: q, input: '\(filter)', blocks: [{followed_by: kind == 'complex'}]}]")
        trial.take("A")
        #expect(trial.namedRuns.contains { $0.hasPrefix("x/") } == isSeen)
    }

    @Test func theyHaveTheirOwnTopicWhateverEmitSays() throws {
        var trial = try Trial(
            FeedbackRuleTests.pattern("low", "{followed_by: {on: t, where: A}}", "emit: {topic: elsewhere}"),
            FeedbackRuleTests.pattern("x", "{followed_by: {on: elsewhere}}"),
            FeedbackRuleTests.pattern("y", "{followed_by: {on: bobo/events/low}}"))
        trial.take("A")
        #expect(trial.namedRuns == ["low/q 1", "y/q <q>"] && trial.complexEvents[0].topic == "elsewhere")
    }

    @Test func whatTheBrokerHasOfThemIsNotRead() throws {
        var trial = try Trial("phenomenon: x\npatterns: [{name: q, input: bobo/#, blocks: [{followed_by: true}]}]")
        trial.take("bobo/events/low", "{}")
        trial.take("bobo", "{}")
        #expect(trial.complexEvents.isEmpty)
        trial.take("bobolink", "{}")
        #expect(trial.engine.statistics.messages.events == 1)
    }

    @Test func theyComeDirectlyAfterWhatCompletedThemInTheOrderOfOutput() throws {
        // `after` sees each complex event before the next message, so that B finds its run where A's event has put it.
        var trial = try Trial(
            FeedbackRuleTests.pattern("a", "{followed_by: {on: t, where: A}}"),
            FeedbackRuleTests.pattern("b", "{followed_by: {on: t, where: A}}"),
            "phenomenon: z\npatterns: [{name: q, input: [t, bobo/events/+], blocks: "
                + "[{next: A}, {next: {on: bobo/events/a}}, {next: {on: bobo/events/b}}, {next: B}]}]")
        trial.take("A B")
        #expect(trial.namedRuns == ["a/q 1", "b/q 1", "z/q 1 <q> <q> 2"])
    }

    @Test func thoseOfATimerComeBeforeTheNextTimer() throws {
        var trial = try Trial(
            FeedbackRuleTests.pattern("a", "{followed_by: {on: t, where: A}}, {absent: {on: t, where: B}, for: 2s}"),
            "phenomenon: z\npatterns: [{name: q, input: [t, bobo/events/+], blocks: "
                + "[{followed_by: A}, {absent: {on: bobo/events/a}, for: 3s}]}]")
        trial.take("A |9")
        #expect(trial.namedRuns == ["a/q 1 at 3.0"], "the complex event halts the run whose wait ends a second later")
    }

    @Test func theirTimeIsThatOfTheirCompletion() throws {
        var trial = try Trial(
            FeedbackRuleTests.pattern("a", "{followed_by: {on: t, where: A}}, {absent: {on: t, where: B}, for: 2s}"),
            FeedbackRuleTests.pattern("z", "{followed_by: {on: bobo/events/a}}, {absent: {on: t, where: B}, for: 2s}"))
        trial.take("A@1 |9")
        #expect(trial.namedRuns == ["a/q 1 at 3.0", "z/q <q> at 5.0"])
    }

    @Test func aComplexEventThatStemsFromSixteenOthersIsDroppedAndCounted() throws {
        var trial = try Trial(
            "phenomenon: p\npatterns: [{name: q, input: [t, bobo/events/p], blocks: [{followed_by: true}]}]")
        trial.take("A")
        #expect(trial.complexEvents.count == 16)
        #expect(trial.engine.statistics.production.tooDeep == 1)
        trial.take("A")
        #expect(trial.complexEvents.count == 32 && trial.engine.statistics.production.tooDeep == 2)
    }

    @Test func actionEventsFeedBackWhenTheActionHasEnded() throws {
        var trial = try Trial(
            FeedbackRuleTests.pattern("p", "{followed_by: {on: t, where: A}}", "actions: [{log: {message: m}}]"),
            FeedbackRuleTests.pattern(
                "x",
                "{followed_by: {on: bobo/actions/p, where: \"kind == 'action' && !payload.data.success && payload.data.action == 'log'\"}}"
            ),
            FeedbackRuleTests.pattern("y", "{followed_by: {on: bobo/actions/#, where: payload.data.success}}"))
        trial.take("A A")
        #expect(trial.namedRuns == ["p/q 1", "p/q 2"])
        _ = trial.engine.take(ActionOutcome(isSuccess: false), of: trial.requests[0], at: Trial.start + 2500)
        trial.collect()
        _ = trial.engine.take(ActionOutcome(isSuccess: true), of: trial.requests[1], at: Trial.start + 3000)
        trial.collect()
        #expect(trial.namedRuns.dropFirst(2) == ["x/q <log>", "y/q <log>"])
        #expect(trial.complexEvents[2].timestamp == Trial.start + 2500)
    }

    @Test func actionsThatSetThemselvesOffComeToAnEnd() throws {
        var trial = try Trial(
            "phenomenon: p\npatterns: [{name: q, input: [t, bobo/actions/p], blocks: [{followed_by: true}]}]\n"
                + "actions: [{log: {message: m}}]")
        trial.take("A")
        var ended = 0
        while ended < trial.requests.count, ended < 100 {
            _ = trial.engine.take(ActionOutcome(isSuccess: true), of: trial.requests[ended], at: Trial.start + 9000)
            trial.collect()
            ended += 1
        }
        #expect(ended == 16)
    }

    @Test func anotherPrefixMayBeConfigured() throws {
        var trial = try Trial(
            FeedbackRuleTests.pattern("low", "{followed_by: {on: bobo/t, where: A}}"),
            FeedbackRuleTests.pattern("x", "{followed_by: {on: site/events/low}}")
        ) { $0.prefix = "site" }
        trial.take("A/bobo/t")
        #expect(trial.namedRuns == ["low/q 1", "x/q <q>"] && trial.complexEvents[0].topic == "site/events/low")
    }
}
