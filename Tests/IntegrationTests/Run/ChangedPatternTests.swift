import Foundation
import Testing

/// Pattern files that change while `bobo run` runs.
@Suite(.waiting) struct ChangedPatternTests {
    let site: Site

    init() throws {
        site = try Site()
        try site.configure("stats_interval: 100ms")
        try site.pattern("any", each: "home/#")
    }

    @Test("A new phenomenon works without a restart, one that is removed stops")
    func addedAndRemoved() throws {
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        try site.pattern("garden", each: "garden/#")
        #expect(try gateway.waitForLine(containing: "patterns were read anew").contains("phenomena=2"))
        try waitForEvent(of: "garden", on: "garden/a", client)
        try FileManager.default.removeItem(atPath: site.folder.path(of: "patterns/any.yaml"))
        #expect(try gateway.waitForLine(containing: "patterns were read anew").contains("phenomena=1"))
        let before = try client.data(of: "any").count
        try client.publish("home/a", "1")
        try client.publish("garden/a", #""end""#)
        try client.waitForMessage(on: "bobo/events/garden") { try ReadJSON($0.text)["data"]["data"] == "end" }
        #expect(try client.data(of: "any").count == before)
    }

    /// The subscription may come some time after the patterns: publishes until one is read.
    private func waitForEvent(of phenomenon: String, on topic: String, _ client: BrokerClient) throws {
        for attempt in 1... {
            try client.publish(topic, String(attempt))
            do {
                _ = try client.waitForData(of: phenomenon, timeout: .milliseconds(200))
                return
            } catch  where attempt < 25 {}
        }
    }

    private func pair(_ first: String) -> String {
        """
        phenomenon: pair
        patterns:
          - name: kept
            input: [home/a, home/b]
            singleton: true
            blocks: [{followed_by: {on: home/a}, group: a}, {followed_by: {on: home/b}}]
          - name: changed
            input: [home/a, home/b]
            singleton: true
            blocks: [{followed_by: {on: home/a, where: \(first)}, group: a}, {followed_by: {on: home/b}}]
        emit: {data: 'a[0].payload'}
        """
    }

    @Test("Runs of patterns that are as before go on; those of changed ones end")
    func runs() throws {
        try site.write(pair("'true'"), pattern: "pair")
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#", "bobo/stats/gw")
        try client.publish("home/a", "1")
        try client.waitForMessage(on: "bobo/stats/gw") { try ReadJSON($0.text)["runs"]["active"] == 2 }
        try site.write(pair("payload != 1"), pattern: "pair")
        try gateway.waitForLine(containing: "patterns were read anew")
        try client.publish("home/b", "2")
        // What follows all that the event before it gave.
        try client.publish("home/c", "3")
        try client.waitForData(of: "any", 3)
        let events = try client.json(on: "bobo/events/pair")
        #expect(events.map { $0["subject"] } == ["kept"])
        #expect(events.map { $0["data"]["data"] } == [1])
    }

    @Test("A broken file is reported and the patterns before it stay, until it is mended")
    func broken() throws {
        let gateway = try site.gateway()
        let client = try site.listener("bobo/events/#")
        try site.write("phenomenon: any\npatterns: [{nam: x}]", pattern: "any")
        let line = try gateway.waitForLine(containing: "patterns/any.yaml:2:13")
        #expect(line.contains("error"))
        #expect(line.contains("unknown key \"nam\""))
        try gateway.waitForLine(containing: "going on with the ones before")
        try client.publish("home/a", "1")
        #expect(try client.waitForData(of: "any") == [1])
        try site.pattern("any", each: "home/#", data: "payload + 1")
        try gateway.waitForLine(containing: "patterns were read anew")
        try client.publish("home/a", "1")
        #expect(try client.waitForData(of: "any", 2) == [1, 2])
    }

    @Test("A change of the configuration is said, and changes nothing")
    func configuration() throws {
        let gateway = try site.gateway()
        try site.configure("{stats_interval: 100ms, prefix: other}")
        #expect(try gateway.waitForLine(containing: "the configuration has changed").contains("next start"))
        let client = try site.listener("bobo/events/#")
        try client.publish("home/a", "1")
        #expect(try client.waitForData(of: "any") == [1])
    }

    @Test("A folder that is gone is reported, and the patterns before it stay")
    func folderGone() throws {
        let gateway = try site.gateway()
        try FileManager.default.moveItem(
            atPath: site.folder.path(of: "patterns"), toPath: site.folder.path(of: "elsewhere"))
        try gateway.waitForLine(containing: "there is no such file or folder")
        let client = try site.listener("bobo/events/#")
        try client.publish("home/a", "1")
        #expect(try client.waitForData(of: "any") == [1])
    }
}
