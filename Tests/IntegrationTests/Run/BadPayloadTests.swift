import Foundation
import Testing

/// Payloads that no sensor should send, at `bobo run`: each is an event as the specification of events has it, and the
/// gateway goes on.
@Suite(.waiting) struct BadPayloadTests {
    let site: Site

    init() throws {
        site = try Site()
        try site.configure("stats_interval: 100ms")
        try site.pattern("payload", each: "home/#", data: #"{"payload": payload}"#)
        try site.pattern("text", each: "home/#", data: "size(text)")
        try site.pattern("field", each: "home/#", where: "payload.a == 2", data: "payload.a")
    }

    /// What patterns see of each.
    private func events(of payloads: [[UInt8]]) throws -> (payloads: [ReadJSON], sizes: [ReadJSON], fields: [ReadJSON])
    {
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        for payload in payloads { try client.publish("home/a", payload) }
        try client.publish("home/a", #"{"a": 2}"#)
        let all = try client.waitForData(of: "payload", payloads.count + 1).map { $0["payload"] }
        let sizes = try client.waitForData(of: "text", payloads.count + 1)
        let fields = try client.waitForData(of: "field")
        #expect(all.last?["a"] == 2)
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
        return (all.dropLast(), sizes.dropLast(), fields.dropLast())
    }

    @Test("What is not JSON is text, and the empty message the empty text")
    func text() throws {
        let texts = [
            "", "ON", "{\"a\": 2", "[1, 2", "nul", "NaN", "1.10.3", "007", "{'a': 2}", "\"lone \\ud800\"", "\u{0}",
        ]
        let seen = try events(of: texts.map { Array($0.utf8) })
        #expect(seen.payloads == texts.map { ReadJSON(stringLiteral: $0) })
        #expect(seen.sizes.map(\.number) == texts.map { Double($0.unicodeScalars.count) })
        #expect(seen.fields.isEmpty)
    }

    @Test("What is not UTF-8 is bytes")
    func bytes() throws {
        let seen = try events(of: [[0xFF, 0xFE, 0x00], Array(#"{"a": ""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)])
        #expect(seen.payloads.map(\.description) == [#"{"base64":"//4A"}"#, #"{"base64":"eyJhIjogIsMoIn0="}"#])
    }

    @Test("Nested up to 512 it is JSON, deeper, even 10,000 levels, text")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        func objects(_ depth: Int) -> String {
            String(repeating: #"{"a":"#, count: depth) + "2" + String(repeating: "}", count: depth)
        }
        try site.pattern("list", each: "home/#", data: "type(payload) == list")
        let texts = [nested(513), nested(10_000), objects(10_000), String(repeating: "[", count: 10_000)]
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        try client.publish("home/a", nested(512))
        // As it was written; Foundation does not read so much.
        let deepest = try client.waitForMessage(on: "bobo/events/list") { $0.text.contains(":true") }
        #expect(deepest.text.contains("\"payload\":\(nested(512))}"))
        let next = try site.listener("bobo/events/#")
        for text in texts { try client.publish("home/a", text) }
        #expect(try next.waitForData(of: "list", texts.count) == [false, false, false, false])
        let sizes = try next.waitForData(of: "text", texts.count)
        #expect(sizes.map(\.number) == texts.map { Double($0.utf8.count) })
        let seen = try next.waitForData(of: "payload", texts.count).map { $0["payload"] }
        #expect(seen == texts.map { ReadJSON(stringLiteral: $0) })
        _ = gateway
    }

    @Test("A number that no double holds is text; a whole one that fits 64 bits keeps its digits")
    func numbers() throws {
        try site.pattern("digits", each: "home/#", data: "string(payload)")
        let texts = [
            "1e999", "-1e999", "9007199254740993", "-9223372036854775808", "123456789012345678901234567890", "1e-400",
        ]
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        for text in texts { try client.publish("home/a", text) }
        let seen = try client.waitForData(of: "digits", texts.count)
        #expect(seen[0] == "1e999")
        #expect(seen[1] == "-1e999")
        #expect(seen[2] == "9007199254740993")
        #expect(seen[3] == "-9223372036854775808")
        #expect(Double(seen[4].string ?? "") == 1.2345678901234568e29)
        #expect(Double(seen[5].string ?? "") == 0)
        // Passed on as they were written.
        for (event, text) in zip(client.messages.filter { $0.topic == "bobo/events/digits" }, texts) {
            let written = text.contains("e999") ? "\"\(text)\"" : text
            #expect(event.text.contains("\"payload\":\(written)"))
        }
        _ = gateway
    }

    @Test("Of a key given twice the last counts")
    func duplicateKeys() throws {
        let seen = try events(of: [#"{"a": 1, "a": 2}"#, #"{"a": 2, "b": 0, "a": 3}"#].map { Array($0.utf8) })
        #expect(seen.payloads.map { $0["a"] } == [2, 3])
        #expect(seen.fields == [2])
    }

    @Test("1 MiB is taken, a byte more is dropped and counted")
    func size() throws {
        let mebibyte = 1 << 20
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#", "bobo/stats/gw")
        try client.publish("home/a", [UInt8](repeating: 0x61, count: mebibyte))
        try client.publish("home/a", [UInt8](repeating: 0x61, count: mebibyte + 1))
        try client.publish("home/a", [UInt8](repeating: 0x61, count: 10 << 20))
        try client.publish("home/a", "end")
        #expect(try client.waitForData(of: "text", 2) == [ReadJSON(integerLiteral: mebibyte), 3])
        try client.waitForMessage(on: "bobo/stats/gw") {
            let figures = try ReadJSON($0.text)["messages"]
            return figures["dropped"] == 2 && figures["events"] == 2
        }
        try gateway.waitForLine(containing: "(2 in all)")
        // It shows what is longer than all that may wait to be shown, too.
        #expect(try gateway.output.waitForLine(containing: "complex.text", timeout: .seconds(10)).utf8.count > mebibyte)
        gateway.send(SIGTERM)
        #expect(try gateway.waitForExit() == 0)
        #expect(!gateway.errors.text.contains("not shown"))
    }

    @Test("max_payload bounds what is taken")
    func bound() throws {
        try site.configure("{stats_interval: 100ms, max_payload: 1KiB}")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#", "bobo/stats/gw")
        for count in [1024, 1025, 5] { try client.publish("home/a", [UInt8](repeating: 0x61, count: count)) }
        #expect(try client.waitForData(of: "text", 2) == [1024, 5])
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["messages"]["dropped"] == 1 }
        _ = gateway
    }

    @Test("Random bytes never stop it")
    func fuzz() throws {
        var state: UInt64 = 20_261_124
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        let alphabet =
            Array(#"{}[]",:0123456789.eE+-truefalsn\u"#.utf8) + [0x00, 0x7F, 0x80, 0xC3, 0xED, 0xF4, 0xFF, 0x0A]
        let payloads = (0..<300).map { _ in (0..<(next() % 40)).map { _ in alphabet[next() % alphabet.count] } }
        _ = try events(of: payloads)
    }

    @Test("A complex event larger than the broker says it takes (MQTT 5) is dropped and told, and the gateway goes on")
    func largeEvent() throws {
        let site = try Site(lines: ["max_packet_size 1000000"])
        try site.write(
            """
            phenomenon: large
            patterns:
              - name: loop
                input: [home/#]
                singleton: true
                blocks:
                  - followed_by: payload != "end"
                  - {followed_by: payload != "end", loop: true}
                  - followed_by: payload == "end"
            """, pattern: "large")
        try site.pattern("end", each: "home/#", where: "payload == \"end\"")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        for _ in 0..<4 { try client.publish("home/a", [UInt8](repeating: 0x61, count: 400_000)) }
        try client.publish("home/a", "end")
        #expect(try client.waitForData(of: "end") == ["end"])
        try gateway.waitForLine(containing: "larger than the broker takes")
        try client.publish("home/a", "start")
        try client.publish("home/a", "end")
        try client.waitForData(of: "large")
    }
}
