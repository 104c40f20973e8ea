import Testing

@testable import BoboGateway

@Suite struct SensorSettingsTests {
    @Test func wrongEntriesAreErrors() throws {
        let yaml = """
            sensors:
              - {filter: a/#/b, qos: 3}
              - {qos: 1}
              - home/+
              - {filter: a, retaind: true, format: xml}
              - filter: $share/g/a
                timestamp: !payload.time
            """
        let messages = try ConfigurationFolder().load(yaml).messages
        let expected = [
            "bobo.yaml:2:14: no topic filter: # stands only at the end",
            "bobo.yaml:2:26: found the number 3, expected a whole number from 0 to 2",
            "bobo.yaml:3:5: the key \"filter\" is missing",
            "bobo.yaml:4:5: found the text \"home/+\", expected a mapping with filter",
            "bobo.yaml:5:17: unknown key \"retaind\"",
            "bobo.yaml:5:40: found the text \"xml\", expected one of auto, json, text, bytes",
            "bobo.yaml:6:13: found a shared subscription",
            "bobo.yaml:7:16: found the tag !payload.time",
        ]
        for text in expected { #expect(messages.contains { $0.hasPrefix(text) }, "\(text) in \(messages)") }
        #expect(messages.count == expected.count)
    }

    @Test func anEntryThatNeverCountsIsHintedAt() throws {
        let yaml = "sensors:\n  - filter: home/#\n  - filter: home/+/x\n  - filter: bobo/events/+"
        let (configuration, messages) = try ConfigurationFolder().load(yaml)
        #expect(configuration?.sensors.count == 3)
        #expect(messages.count == 2)
        #expect(
            messages.first?.hasPrefix("bobo.yaml:3:13: hint: home/+/x never counts: home/# before it (line 2)") == true)
        #expect(messages.last?.hasPrefix("bobo.yaml:4:13: hint: topics under bobo are no sensors") == true)
    }

    @Test func sensorsAreAList() throws {
        #expect(try ConfigurationFolder().load("sensors: {filter: a}").messages.count == 1)
        #expect(try ConfigurationFolder().load("sensors: []").configuration?.sensors == [])
    }
}
