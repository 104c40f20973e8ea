import BoboTopics
import CEL
import Testing

@testable import BoboEngine

/// How messages are read, good and bad, and passed on.
@Suite struct PayloadTests {
    /// The `payload` of a message as an expression sees it, the message's format, and what is published of it.
    private func read(_ bytes: [UInt8], _ expression: String = "payload") throws -> (value: String, output: String) {
        var trial = try Trial(
            blocks: ["{followed_by: true}"], rest: "emit: {data: '\(expression.replacing("'", with: "''"))'}")
        trial.take("t", bytes)
        let event = try #require(trial.complexEvents.first)
        let start = try #require(event.text.firstRange(of: "\"payload\":")).upperBound
        return (event.data, String(event.text[start...].dropLast("}]}}}".count)))
    }

    private func read(_ text: String, _ expression: String = "payload") throws -> (value: String, output: String) {
        try read(Array(text.utf8), expression)
    }

    private func type(_ text: String) throws -> String { try read(text, "type(payload)").value }

    // MARK: JSON, text, bytes

    @Test(arguments: [
        ("23.5", "23.5"), ("true", "true"), ("false", "false"), ("null", "null"), ("\"x\"", "\"x\""),
        ("{\"a\": [1, {}]}", "{\"a\":[1,{}]}"), ("[]", "[]"), ("{}", "{}"), (" 5 ", "5"), ("\t\n[1]\r\n", "[1]"),
        ("-1", "-1"),
        ("0.5e1", "5"), ("1E2", "100"),
    ])
    func whatIsJSONIsReadAsJSON(_ message: String, _ value: String) throws {
        #expect(try read(message).value == value)
    }

    @Test(arguments: [
        "ON", "", "online", "truth", "nul", "+1", ".5", "1.", "01", "-", "1e", "0x10", "NaN", "Infinity", "-Infinity",
        "'a'", "{a: 1}",
        "[1,]", "{\"a\":1,}", "{\"a\" 1}", "[1 2]", "1 2", "{} {}", "{}x", "[", "{", "\"", "\"a", "[1", "]", "}", " ",
        "\"\t\"",
        "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "true false", "[true", "// c", "\u{FEFF}{}", "007", "1.10.2", "tru", "n",
        "t", "--1", "1-1",
    ])
    func whatIsNoJSONIsText(_ message: String) throws {
        let (value, output) = try read(message)
        var json = JSONWriter()
        json.write(message)
        #expect(value == json.text && output == json.text)
        #expect(try type(message) == "\"string\"")
    }

    @Test func textIsTheMessageAsItCame() throws {
        #expect(try read("1.10", "[text, string(payload)]").value == "[\"1.10\",\"1.1\"]")
        #expect(try read("007", "text").value == "\"007\"")
        #expect(try read(" {}\n", "text").value == "\" {}\\n\"")
    }

    @Test func whatIsNotUTF8IsBytes() throws {
        #expect(try read([0xFF, 0x00], "type(payload)").value == "\"bytes\"")
        #expect(try read([0xFF, 0x00]).output == "{\"base64\":\"/wA=\"}")
        #expect(try read([0xFF, 0x00]).value == "{\"base64\":\"/wA=\"}")
        #expect(try read([0xFF], "size(payload)").value == "1")
        // Invalid UTF-8 within what would be JSON: a stray byte, an overlong form, a surrogate, beyond the last scalar.
        for bad: [UInt8] in [[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82]] {
            let message = [0x22] + bad + [0x22]
            #expect(try read(message, "type(payload)").value == "\"bytes\"")
            #expect(try read(message).output == "{\"base64\":\"\(Base64.encode(message))\"}")
        }
        #expect(try Trial(blocks: ["{followed_by: \"text == ''\"}"]).fails([0xFF]), "bytes have no text")
    }

    @Test func aMessageOfOneMebibyteIsReadAndALargerOneDropped() throws {
        let bound = 1 << 20
        let text = "\"" + String(repeating: "x", count: bound - 2) + "\""
        #expect(try read(text, "size(payload)").value == String(bound - 2))
        let list = "[" + String(repeating: "1,", count: bound / 2 - 2) + "22]"
        #expect(list.utf8.count == bound)
        #expect(try read(list, "size(payload)").value == String(bound / 2 - 1))
        var trial = try Trial(blocks: ["{followed_by: true}"])
        trial.take("t", text + " ")
        #expect(trial.complexEvents.isEmpty && trial.engine.statistics.messages.tooLarge == 1)
        trial.take("A")
        #expect(trial.complexEvents.count == 1)
    }

    // MARK: depth

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func nestedDeeperThan512ItIsText(_ open: String, _ close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + (open == "[" ? "" : "1") + String(repeating: close, count: depth)
        }
        for depth in [511, 512] { #expect(try type(nested(depth)) != "\"string\"", "\(depth)") }
        for depth in [513, 514, 10_000] { #expect(try type(nested(depth)) == "\"string\"", "\(depth)") }
        // The same where a number needs the slow way.
        let large = "123456789012345678901234567890"
        func withNumber(_ depth: Int) -> String {
            String(repeating: open, count: depth) + large + String(repeating: close, count: depth)
        }
        #expect(try type(withNumber(512)) != "\"string\"" && type(withNumber(513)) == "\"string\"")
        #expect(try type(withNumber(10_000)) == "\"string\"")
    }

    // MARK: numbers

    @Test(arguments: [
        ("21", "21"), ("21.0", "21"), ("1e2", "100"), ("0.1", "0.1"), ("-0", "0"), ("-0.0", "0"),
        ("9007199254740992", "9007199254740992"),
        ("9007199254740993", "9007199254740993"), ("-9007199254740993", "-9007199254740993"),
        ("9007199254741998", "9007199254741998"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("1e-400", "0"),
        ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ])
    func numbers(_ number: String, _ value: String) throws {
        for message in [number, "[\(number)]", "{\"a\":\(number)}"] {
            let written = message.replacing(number, with: value)
            let (found, output) = try read(message)
            #expect(found == written && output == message, "passed on as written")
        }
    }

    @Test(arguments: [
        ("18446744073709551615", "1.8446744073709552e19"), ("9223372036854775808", "9223372036854775808.0"),
        ("123456789012345678901234567890", "1.2345678901234568e29"),
        ("-123456789012345678901234567890", "-1.2345678901234568e29"), ("100000000000000000000", "1e20"),
        ("-9223372036854775809", "-9223372036854775808.0"),
    ])
    func aWholeNumberBeyond64BitsIsADouble(_ number: String, _ value: String) throws {
        for (message, path) in [
            (number, "payload"), ("{\"a\": {\"b\": \(number)}, \"c\": \"x\"}", "payload.a.b"),
            ("[\"\\n\", \(number)]", "payload[1]"),
        ] {
            #expect(try read(message, "type(\(path)) == double && \(path) == \(value)").value == "true")
            #expect(try read(message).output == message)
        }
    }

    @Test func aWholeNumberBeyond2To53IsAnInt() throws {
        #expect(try read("9007199254740993", "type(payload)").value == "\"int\"")
        #expect(try read("9007199254740992", "type(payload)").value == "\"double\"")
        #expect(try read("-9223372036854775808", "type(payload)").value == "\"int\"")
    }

    @Test(arguments: ["1e999", "-1e999", "[1e999]", "{\"a\":{\"b\":[1e309]}}"])
    func withANumberThatNoDoubleHoldsItIsText(_ message: String) throws {
        #expect(try type(message) == "\"string\"")
    }

    @Test(arguments: [
        "[123456789012345678901234567890,]", "{\"a\":123456789012345678901234567890 \"b\":1}",
        "[0123456789012345678901234567890]",
        "123456789012345678901234567890 1", "[123456789012345678901234567890",
        "{\"a\":123456789012345678901234567890}}",
        "[123456789012345678901234567890, tru]", "[123456789012345678901234567890, \"\\x\"]",
        "123456789012345678901234567890x",
        "[123456789012345678901234567890],[1]", "1],[123456789012345678901234567890",
        "{123456789012345678901234567890:1}",
        "[123456789012345678901234567890, nulll]", "[123456789012345678901234567890, 1e999]",
        "123456789012345678901234567890.",
    ])
    func whatIsNoJSONIsTextAlsoWithALargeNumber(_ message: String) throws {
        #expect(try type(message) == "\"string\"")
    }

    @Test func manyLargeNumbersKeepTheirPlaces() throws {
        let large = "123456789012345678901234567890"
        let message =
            "{\"l\": [1, \(large), \"a\\u00e9\\n\", null, true, {\"x\": -\(large), \"k\\ny\": false}], \"t\": \"z\"}"
        #expect(
            try read(message, "[payload.l[0], payload.l[2], payload.l[3], payload.l[4], payload.l[5], payload.t]").value
                == "[1,\"aé\\n\",null,true,{\"x\":-1.2345678901234568e+29,\"k\\ny\":false},\"z\"]")
    }

    // MARK: keys

    @Test func ofAKeyGivenTwiceTheLastCounts() throws {
        #expect(try read("{\"a\": 1, \"a\": 2}", "payload.a").value == "2")
        #expect(try read("{\"a\": 1, \"a\": 2}").value == "{\"a\":2}")
        #expect(
            try read("{\"a\": {\"b\": 1}, \"a\": {\"c\": 2}}", "has(payload.a.b)").value == "false", "on the way, too")
        #expect(try read("{\"a\": {\"b\": 1}, \"a\": {\"b\": 3}}", "payload.a.b").value == "3")
        #expect(try read("{\"a\": {\"b\": 1}, \"a\": 5}", "has(payload.a.b)").value == "null", "of a number it fails")
        #expect(try read("{\"a\": 5, \"a\": {\"b\": 1}}", "payload.a.b").value == "1")
        #expect(
            try read("{\"a\": {\"b\": {\"c\": 1}}, \"x\": 0, \"a\": {\"b\": {}}}", "has(payload.a.b.c)").value
                == "false")
        #expect(try read("{\"a\": 1, \"\\u0061\": 2}", "payload.a").value == "2", "written otherwise")
        #expect(try read("{\"a\": 1, \"a\": 123456789012345678901234567890}", "payload.a > 1.0").value == "true")
        #expect(
            try read("{\"a\": {\"b\": 1}, \"a\": {\"c\": 123456789012345678901234567890}}", "has(payload.a.b)").value
                == "false")
    }

    @Test func keysMayHoldAnything() throws {
        #expect(try read("{\"a\\u0062\\n\": {\"\": 1}}", "payload['ab\\n']['']").value == "1")
        #expect(try read("{\"\\u0000\": 1}", "payload['\\u0000']").value == "1")
        #expect(try read("{\"é\": 1, \"e\\u0301\": 2}", "[payload['\\u00e9'], payload['e\\u0301']]").value == "[1,2]")
        #expect(try read("{\"\\ud83d\\ude00\": 1}", "payload['😀']").value == "1")
        #expect(try read("{\"a.b\": 1}", "payload['a.b']").value == "1")
    }

    @Test func fieldsOnTheWayToOthersAreThere() throws {
        let message = "{\"a\": {\"b\": {\"c\": 1, \"d\": 2}}}"
        #expect(
            try read(message, "[payload.a.b.c, has(payload.a), has(payload.a.b), has(payload.a.x), payload.a.b]").value
                == "[1,true,true,false,{\"c\":1,\"d\":2}]")
        #expect(try read(message, "has(payload.a.b) && has(payload.a)").value == "true")
        #expect(try read(message, "has(payload.x.y)").value == "null", "of what is missing it fails")
        #expect(try read("5", "has(payload.a)").value == "null")
    }

    // MARK: texts and lines

    @Test func aPrettyPrintedMessageIsPassedOnInOneLine() throws {
        let (value, output) = try read("{\r\n  \"a\": [\n    1,\n\t2\n  ],\n  \"b\": \"x\\ny\"\n}\n")
        #expect(!output.contains { $0.isNewline } && value == "{\"a\":[1,2],\"b\":\"x\\ny\"}")
        #expect(output == "{  \"a\": [    1,\t2  ],  \"b\": \"x\\ny\"}")
    }

    @Test func separatorsOfUnicodeStandInTexts() throws {
        #expect(try read("\"a\u{2028}b\u{2029}c\u{85}\"").value == "\"a\u{2028}b\u{2029}c\u{85}\"")
        #expect(try read("a\u{2028}b").output == "\"a\u{2028}b\"")
    }

    @Test func nulAndControlCharactersInTexts() throws {
        #expect(try read("\"a\\u0000b\"", "[payload, size(payload)]").value == "[\"a\\u0000b\",3]")
        #expect(try read("a\u{0}b", "[payload, size(payload)]").value == "[\"a\\u0000b\",3]")
        #expect(try read("\u{1b}[0m\u{7f}").output == "\"\\u001b[0m\u{7f}\"")
    }

    @Test(arguments: [
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\ud800\"", "\"\\udc00\\ud800\"", "[\"\\udfff\", 1]",
    ])
    func loneSurrogatesMakeNoInvalidOutput(_ message: String) throws {
        let (value, output) = try read(message)
        // Swift's own reading of the output puts U+FFFD where it is no UTF-8.
        #expect(!output.contains("\u{FFFD}") && !value.contains("\u{FFFD}"))
        let large = "[\(message), 123456789012345678901234567890]"
        #expect(try type(large) == type("[\(message)]").description || type(message) == "\"string\"")
    }

    // MARK: sensors

    private func sensor(_ format: Sensor.Format) throws -> Trial {
        try Trial(blocks: ["{followed_by: true}"]) {
            $0.sensors = [Sensor(filter: try TopicFilter("t"), format: format)]
        }
    }

    @Test func theFormatOfASensorsMessagesMayBeSet() throws {
        var text = try sensor(.text)
        text.take("t", "{\"a\":1}")
        #expect(text.complexEvents.first?.document.history[""]?.first?["payload"] as? String == "{\"a\":1}")
        var bytes = try sensor(.bytes)
        bytes.take("t", "{}")
        #expect(
            bytes.complexEvents.first?.document.history[""]?.first?["payload"] as? [String: String] == [
                "base64": "e30="
            ])
        var json = try sensor(.json)
        json.take("t", "ON")
        json.take("t", "[1")
        #expect(json.complexEvents.isEmpty && json.engine.statistics.messages.notJSON == 2)
        json.take("t", "[1]")
        #expect(json.complexEvents.count == 1)
        var invalid = try sensor(.text)
        invalid.take("t", [0xFF])
        #expect(
            invalid.complexEvents.first?.document.history[""]?.first?["payload"] as? [String: String] == [
                "base64": "/w=="
            ])
    }
}

extension Trial {
    /// Whether a predicate fails on a message, rather than not to match.
    fileprivate func fails(_ message: [UInt8]) -> Bool {
        var trial = self
        trial.take("t", message)
        return trial.complexEvents.isEmpty
    }
}
