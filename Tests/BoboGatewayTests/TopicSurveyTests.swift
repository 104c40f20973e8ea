import BoboGateway
import CEL
import Testing

@Suite struct TopicSurveyTests {
    private func survey(_ messages: [(String, String)], limits: TopicSurvey.Limits = .init()) throws -> TopicSurvey {
        var survey = try TopicSurvey(limits: limits)
        for (number, (topic, text)) in messages.enumerated() {
            Array(text.utf8).withUnsafeBytes {
                survey.add(topic: topic, $0, isRetained: false, arrival: Int64(number) * 100)
            }
        }
        return survey
    }

    @Test("Fields keep the order of the message, with types, ranges and values")
    func fields() throws {
        let survey = try survey([
            ("a", #"{"t": 21.5, "on": true, "deep": {"x": "A", "list": [1, 2]}}"#),
            ("a", #"{"t": 19, "on": true, "deep": {"x": "B", "list": []}, "t2": null}"#),
        ])
        let fields = try #require(survey.topics.first).fields
        #expect(
            fields.map(\.path.expression) == [
                "payload.t", "payload.on", "payload.deep.x", "payload.deep.list", "payload.t2",
            ])
        #expect(fields[0].numbers == 19...21.5)
        #expect(fields[1].bools == [true])
        #expect(fields[2].texts == ["A", "B"])
        #expect(fields[3].sizes == 0...2)
        #expect(fields[4].kinds == [.null])
        #expect(fields[4].count == 1)
    }

    @Test("Payloads that are no object are one field; text and bytes are told apart from JSON")
    func plain() throws {
        var survey = try survey([("n", "23.5"), ("t", "ON"), ("e", ""), ("l", "[1,2,3]"), ("o", "{}"), ("z", "1e999")])
        [0xFF, 0x00].withUnsafeBytes { survey.add(topic: "b", $0, isRetained: true, arrival: 0) }
        let kinds = survey.topics.map { "\($0.name) \($0.fields.map { "\($0.path.expression) \($0.kinds[0])" })" }
        #expect(
            kinds == [
                #"b ["payload bytes"]"#, #"e ["payload text"]"#, #"l ["payload list"]"#, #"n ["payload number"]"#,
                #"o ["payload object"]"#, #"t ["payload text"]"#, #"z ["payload text"]"#,
            ])
        #expect(survey.topics[0].stored == 1)
    }

    @Test("A field's name that is no identifier stands in brackets, as an expression that reads it")
    func names() throws {
        let names = ["plain", "odd name", "in", "1st", "", "a\"b\\\u{7}", "ü", "for"]
        let json = "{" + names.map { "\(quoted($0)):1" }.joined(separator: ",") + "}"
        let fields = try survey([("a", json)]).topics[0].fields
        #expect(
            fields.map(\.path.expression) == [
                "payload.plain", #"payload["odd name"]"#, #"payload["in"]"#, #"payload["1st"]"#, #"payload[""]"#,
                #"payload["a\"b\\\U00000007"]"#, #"payload["ü"]"#, "payload.for",
            ])
        var environment = CEL.Environment(paths: PathTable())
        environment.declare(variable: "payload", type: .dyn)
        for field in fields { #expect(throws: Never.self) { try environment.compile(field.path.expression) } }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\u{7}", with: "\\u0007")
            + "\""
    }

    @Test("How often is the average between messages that were not stored")
    func interval() throws {
        var survey = try survey([("a", "1"), ("a", "2"), ("a", "3")])
        [UInt8(ascii: "0")].withUnsafeBytes { survey.add(topic: "a", $0, isRetained: true, arrival: 9999) }
        #expect(survey.topics[0].interval == 100)
        #expect(survey.topics[0].messages == 4)
        #expect(try self.survey([("a", "1")]).topics[0].interval == nil)
    }

    @Test("Beyond the bounds topics, fields, texts and bytes are counted, not kept")
    func bounds() throws {
        var limits = TopicSurvey.Limits()
        limits.topics = 2
        limits.fields = 3
        limits.payload = 10
        limits.names = 20
        let wide = "{" + (0..<10).map { "\"f\($0)\":1" }.joined(separator: ",") + "}"
        let long = #"{"\#(String(repeating: "n", count: 50))":1}"#
        let texts = (0..<20).map { ("b", "text \($0)") }
        let survey = try survey([("a", wide), ("a", long)] + texts + [("c", "1"), ("d", "1")], limits: limits)
        #expect(survey.topics.map(\.name) == ["a", "b"])
        #expect(survey.furtherMessages == 2)
        #expect(survey.topics[0].fields.count == 3)
        #expect(survey.topics[0].furtherFields == 7)
        #expect(survey.topics[0].last.count == 10)
        #expect(survey.topics[0].size == long.utf8.count)
        #expect(survey.topics[1].fields[0].texts.count == FieldSummary.textLimit)
        #expect(survey.topics[1].fields[0].hasFurtherTexts)
    }

    @Test("Objects nested without end are looked into so far and no further")
    func depth() throws {
        let json = String(repeating: #"{"a":"#, count: 300) + "1" + String(repeating: "}", count: 300)
        let field = try survey([("a", json)]).topics[0].fields[0]
        #expect(field.path.names.count == TopicSurvey.Limits().depth)
        #expect(field.kinds == [.object])
    }
}
