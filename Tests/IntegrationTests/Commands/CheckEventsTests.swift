import Testing

/// `bobo check --events`.
@Suite(.waiting) struct CheckEventsTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func check(_ yaml: String, _ events: [String]) throws -> (status: Int32, lines: [String]) {
        try folder.write(yaml, to: "p.yaml")
        let lines = events.enumerated().map { #"{"ts": \#($0.offset * 1000), \#($0.element)}"# }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "events.jsonl")
        let result = try BoboProcess.run(["check", "--events", "events.jsonl", "p.yaml"], in: folder)
        return (result.status, result.output.split(separator: "\n").map(String.init))
    }

    @Test("Names fields that no event has, with those that there are, and blocks that nothing reaches; 0 all the same")
    func fields() throws {
        let (status, lines) = try check(
            """
            phenomenon: p
            patterns:
              - name: q
                input: [home/+/climate, home/+/door]
                key: levels[1]
                singleton: true
                blocks:
                  - followed_by: {on: home/+/climate, where: payload.temperature > 20 && payload.deep.value == 1}
                    group: warm
                  - followed_by: {on: home/+/door, where: payload.contcat == false}
                  - followed_by: payload.temprature > warm[0].payload.temperature
            """,
            [
                #""topic": "home/a/climate", "payload": {"temperature": 21, "deep": {"value": 1}}"#,
                #""topic": "home/a/door", "payload": {"contact": false, "battery": 3}"#,
                #""topic": "home/a/door", "text": "offline""#,
            ])
        #expect(status == 0)
        #expect(
            lines == [
                "p.yaml:10:47: hint: payload.contcat: in none of 2 messages on home/+/door; they have contact, battery",
                "p.yaml:11:22: hint: payload.temprature: in none of 3 messages on home/+/climate, home/+/door; "
                    + "they have temperature, deep, contact, battery",
                "p.yaml:11:22: hint: p q: no event of events.jsonl reaches block 3, followed_by",
            ])
    }

    @Test("A topic without a message is named; one that complex events come on is not")
    func topics() throws {
        let (_, lines) = try check(
            """
            phenomenon: p
            patterns:
              - name: one
                input: [home/a]
                blocks: [{followed_by: payload.x == 1}]
              - name: two
                input: [bobo/events/p]
                blocks: [{followed_by: payload.subject == "one"}]
              - name: three
                input: [home/b]
                blocks: [{followed_by: payload.x == 1}]
            """, [#""topic": "home/a", "payload": {"x": 1}"#])
        #expect(
            lines.filter { $0.contains("in the events") } == ["p.yaml:11:28: hint: no message on home/b in the events"])
        #expect(!lines.contains { $0.contains("payload.subject") })
        #expect(lines.contains { $0.hasSuffix("p three: no event of events.jsonl begins a run") })
    }

    @Test("Without a fault nothing is said; a file that cannot be read is bad input")
    func sound() throws {
        let (status, lines) = try check(
            "phenomenon: p\npatterns: [{name: q, input: [a], blocks: [{followed_by: payload.x == 1}]}]",
            [#""topic": "a", "payload": {"x": 1}"#])
        #expect(status == 0)
        #expect(lines == [])
        let missing = try BoboProcess.run(["check", "--events", "missing.jsonl", "p.yaml"], in: folder)
        #expect(missing.status == 65)
        #expect(missing.errors.contains("missing.jsonl cannot be opened"))
    }
}
