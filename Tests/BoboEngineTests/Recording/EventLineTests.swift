import Testing

@testable import BoboEngine

/// Lines of event files, good and bad.
@Suite struct EventLineTests {
    private func parse(_ line: String) throws(EventLineError) -> EventLine {
        let bytes = Array(line.utf8) + Array(repeating: 0x20, count: EventLineParser.padding)
        let parser = EventLineParser()
        var result: Result<EventLine, EventLineError> = .failure(EventLineError(description: "not parsed"))
        bytes.withUnsafeBytes { buffer in
            let line = UnsafeRawBufferPointer(rebasing: buffer[..<line.utf8.count])
            do throws(EventLineError) { result = .success(try parser.parse(line)) } catch { result = .failure(error) }
        }
        return try result.get()
    }

    private static let payloads: [(String, String)] = [
        ("\"payload\":{\"a\": [1, {\"b\": \"x\\n\"}]}", "{\"a\": [1, {\"b\": \"x\\n\"}]}"),
        ("\"payload\": 1.50 ", "1.50"),
        ("\"payload\":\"a\\u00e9\"", "\"a\\u00e9\""), ("\"payload\":null", "null"), ("\"payload\":[]", "[]"),
        ("\"payload\":123456789012345678901234567890", "123456789012345678901234567890"),
        ("\"payload\":[1e999]", "[1e999]"),
        ("\"text\":\"ON \\\"x\\\"\\u0000\"", "ON \"x\"\0"), ("\"text\":\"\"", ""), ("\"base64\":\"aGk=\"", "hi"),
        ("\"note\":{\"x\":[1]},\"payload\":1", "1"),
    ]

    @Test(arguments: payloads)
    func aPayloadIsKeptAsItIsWritten(_ field: String, _ payload: String) throws {
        for line in ["{\"ts\":17,\"topic\":\"a/b\",\(field)}", "{\(field), \"topic\" : \"a/b\" , \"ts\":17}"] {
            let read = try parse(line)
            #expect(read.timestamp == 17 && read.message?.topic == "a/b" && !read.isRetained)
            #expect(read.message?.payload == Array(payload.utf8), "\(line)")
        }
    }

    @Test func aLineWithATimeAloneMovesTheClock() throws {
        let line = try parse("{\"ts\": -5}")
        #expect(line.timestamp == -5 && line.message == nil)
        #expect(try parse("{\"ts\": 1.7e3}").timestamp == 1700)
    }

    @Test func whatTheBrokerHadStoredIsMarked() throws {
        #expect(try parse("{\"ts\":1,\"topic\":\"a\",\"payload\":1,\"retained\":true}").isRetained)
        #expect(try !parse("{\"ts\":1,\"topic\":\"a\",\"payload\":1,\"retained\":false}").isRetained)
    }

    private static let bad: [(String, String)] = [
        ("", "not a JSON object"), ("x", "not a JSON object"), ("[1]", "not a JSON object"),
        ("{\"ts\":1", "not a JSON object"),
        ("{\"ts\":1,}", "not JSON"), ("{\"ts\":1}{\"ts\":2}", "more than one JSON object on the line"),
        ("{}", "`ts` is missing"),
        ("{\"ts\":\"1\"}", "`ts` is no number"), ("{\"ts\":1e300}", "`ts` is out of range"),
        ("{\"ts\":99999999999999999999}", "`ts` is no number"),
        ("{\"ts\":1,\"topic\":\"a\"}", "one of `payload`, `text`, `base64` is missing"),
        ("{\"ts\":1,\"payload\":1}", "`topic` is missing"),
        ("{\"ts\":1,\"topic\":5,\"payload\":1}", "`topic` is no text"),
        ("{\"ts\":1,\"topic\":\"a/+\",\"payload\":1}", "`topic` is no topic"),
        ("{\"ts\":1,\"topic\":\"#\",\"payload\":1}", "`topic` is no topic"),
        ("{\"ts\":1,\"topic\":\"\",\"payload\":1}", "`topic` is no topic"),
        ("{\"ts\":1,\"topic\":\"a\\u0000\",\"payload\":1}", "`topic` is no topic"),
        ("{\"ts\":1,\"topic\":\"a\",\"payload\":1,\"text\":\"x\"}", "more than one of `payload`, `text`, `base64`"),
        ("{\"ts\":1,\"topic\":\"a\",\"text\":5}", "`text` is no text"),
        ("{\"ts\":1,\"topic\":\"a\",\"text\":\"\\ud800\"}", "`text` is no text"),
        ("{\"ts\":1,\"topic\":\"a\",\"base64\":\"aGk\"}", "`base64` is no base64"),
        ("{\"ts\":1,\"topic\":\"a\",\"base64\":null}", "`base64` is no text"),
        ("{\"ts\":1,\"topic\":\"a\",\"payload\":1,\"retained\":1}", "`retained` is neither true nor false"),
    ]

    @Test(arguments: bad)
    func aLineThatCannotBeReadSaysWhy(_ line: String, _ reason: String) {
        #expect(throws: EventLineError.self) { try parse(line) }
        do throws(EventLineError) { _ = try parse(line) } catch { #expect(error.description == reason, "\(line)") }
    }

    @Test(arguments: [
        "tru", "01", "-", "1.", "nullx", "\"\\x\"", "{\"a\": tru}", "[1,]", "[1 2]", "{\"a\" 1}",
        "{\"a\":{\"b\":[{\"c\":01}]}}",
        "{\"a\":[\"\\q\"]}", "[[1],[2,[3}]]",
    ])
    func aPayloadThatIsNoJSONIsNotTakenForText(_ payload: String) {
        for line in [
            "{\"ts\":1,\"topic\":\"a\",\"payload\":\(payload)}", "{\"payload\":\(payload),\"ts\":1,\"topic\":\"a\"}",
        ] {
            #expect(throws: EventLineError.self, "\(line)") { try parse(line) }
        }
    }

    @Test func deepNestingIsLeftToTheEngine() throws {
        for depth in [500, 700, 20_000] {
            let payload = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let line = try parse("{\"ts\":1,\"topic\":\"a\",\"payload\":\(payload)}")
            let isKept = line.message?.payload == Array(payload.utf8)
            #expect(isKept)
        }
    }

    @Test func aBadLineDoesNotSpoilTheNext() throws {
        let parser = EventLineParser()
        for (line, isGood) in [
            ("{\"ts\":1,\"topic\":\"a\",\"payload\":{\"b\":tru}}", false),
            ("{\"ts\":2,\"topic\":\"a\",\"payload\":{}}", true),
        ] {
            let bytes = Array(line.utf8) + Array(repeating: 0x20, count: EventLineParser.padding)
            let read = bytes.withUnsafeBytes {
                try? parser.parse(UnsafeRawBufferPointer(rebasing: $0[..<line.utf8.count]))
            }
            #expect((read != nil) == isGood)
        }
    }
}
