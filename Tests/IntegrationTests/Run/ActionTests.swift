import Testing

/// Actions of `bobo run`, and patterns that build on what other patterns found.
@Suite(.waiting) struct ActionTests {
    let site: Site

    init() throws { site = try Site() }

    @Test("publish sends its message, log writes it; each makes an action event, in order")
    func publishAndLog() throws {
        try site.write(
            """
            phenomenon: leak
            patterns:
              - {name: wet, input: [home/leak/+], key: 'levels[2]', blocks: [{followed_by: payload.wet == true, group: wet}]}
            actions:
              - publish: {topic: "valve/${key}/set", payload: {state: "OFF", by: "${wet[0].payload.name}"}, qos: 1, retain: true}
              - log: {level: warning, message: "water in ${key}"}
              - publish: {topic: "valve/${key}/text", payload: "off ${wet[0].payload.litres}"}
              - publish: {topic: "valve/${wet[0].payload.missing}", payload: "never"}
            """, pattern: "leak")
        let gateway = try site.gateway()
        let client = try site.listener("#")
        try client.publish("home/leak/bath", #"{"wet": true, "name": "a \"quote\"", "litres": 1.5}"#)
        let set = try client.waitForMessage(on: "valve/bath/set")
        #expect(try ReadJSON(set.text)["state"] == "OFF")
        #expect(try ReadJSON(set.text)["by"] == #"a "quote""#)
        #expect(try client.waitForMessage(on: "valve/bath/text").text == "off 1.5")
        let line = try gateway.waitForLine(containing: "water in bath")
        #expect(line.contains("warning"))
        try client.waitForMessage(on: "bobo/actions/leak") { try ReadJSON($0.text)["data"]["index"] == 3 }
        let actions = try client.json(on: "bobo/actions/leak")
        #expect(actions.map { $0["data"]["index"] } == [0, 1, 2, 3])
        #expect(actions.map { $0["data"]["action"] } == ["publish", "log", "publish", "publish"])
        #expect(actions.map { $0["data"]["success"] } == [true, true, true, false])
        #expect(actions[0]["data"]["error"] == nil)
        #expect(actions[1]["data"]["output"] == "water in bath")
        #expect(actions[3]["data"]["error"].string?.contains("missing") == true)
        #expect(!client.messages.contains { $0.text == "never" })
        let complex = try client.json(on: "bobo/events/leak")[0]
        for action in actions {
            #expect(action["type"] == "bobo.action.leak")
            #expect(action["gateway"] == "gw")
            #expect(action["subject"] == "wet")
            #expect(action["data"]["run"] == complex["data"]["run"])
            #expect(action["data"]["key"] == "bath")
        }
        #expect(Set(actions.map { $0["id"].description }).count == 4)
        let late = try site.listener("valve/#")
        #expect(try late.waitForMessage(on: "valve/bath/set").isRetained)
    }

    @Test("Patterns build on complex events and on action events, each seen once, and not through #")
    func feedback() throws {
        try site.pattern("first", each: "home/#", data: "payload")
        try site.write(
            """
            phenomenon: second
            patterns:
              - name: two-of-first
                input: [bobo/events/first]
                blocks:
                  - followed_by: 'true'
                    group: one
                  - followed_by: 'true'
                    group: two
                singleton: true
            emit: {data: '[one[0].payload.data.data, two[0].payload.data.data, one[0].kind, one[0].payload.subject]'}
            actions: [{log: {message: twice}}]
            """, pattern: "second")
        try site.pattern("acted", each: "bobo/actions/+", data: "[payload.data.action, payload.data.success, kind]")
        try site.pattern("everything", each: "#", data: "topic")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        for text in ["1", "2", "3", "4"] { try client.publish("home/a", text) }
        try client.publish("other/end", "1")
        #expect(try client.waitForData(of: "everything", 5) == ["home/a", "home/a", "home/a", "home/a", "other/end"])
        // The event that completes a singleton's run may start the next.
        #expect(
            try client.waitForData(of: "second", 3) == [
                [1, 2, "complex", "each"], [2, 3, "complex", "each"], [3, 4, "complex", "each"],
            ])
        let acted: ReadJSON = ["log", true, "action"]
        #expect(try client.waitForData(of: "acted", 3) == [acted, acted, acted])
        _ = gateway
    }

    @Test("A message on the gateway's own topics from elsewhere is not taken for an event")
    func forged() throws {
        try site.pattern("any", each: "home/#")
        try site.pattern("built", each: "bobo/events/any", data: "payload.data.data")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/built")
        try client.publish("bobo/events/any", #"{"data": {"data": "forged"}}"#)
        try client.publish("home/a", #""true""#)
        #expect(try client.waitForData(of: "built") == ["true"])
        _ = gateway
    }

    @Test(
        "A topic made of a sensor's text that is no topic's name fails the action, and leaves the event its own topic")
    func madeTopics() throws {
        try site.write(
            """
            phenomenon: moved
            patterns: [{name: each, input: [home/+], blocks: [{followed_by: 'true'}]}]
            emit: {topic: "alarms/${payload}"}
            actions: [{publish: {topic: "valves/${payload}", payload: x}}]
            """, pattern: "moved")
        let gateway = try site.gateway()
        let client = try site.listener("#")
        let texts = ["a/#", "+", "", "zero\u{0}", "good", String(repeating: "x", count: 70_000)]
        for text in texts { try client.publish("home/a", "\"\(text.replacing("\u{0}", with: "\\u0000"))\"") }
        try client.publish("home/a", "end")
        try client.waitForMessage(on: "valves/end")
        let successes = try client.json(on: "bobo/actions/moved").map { $0["data"]["success"] }
        #expect(successes.prefix(6) == [false, false, true, false, true, false])
        #expect(client.messages.count { $0.topic.hasPrefix("valves/") } == 3)
        #expect(
            client.messages.filter { $0.topic.hasPrefix("alarms/") }.map(\.topic) == [
                "alarms/", "alarms/good", "alarms/end",
            ])
        #expect(try client.json(on: "bobo/events/moved").count == 4)
        _ = gateway
    }
}
