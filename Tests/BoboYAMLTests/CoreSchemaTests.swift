import Testing

@testable import BoboYAML

@Suite struct CoreSchemaTests {
    @Test(arguments: [
        "on", "off", "yes", "no", "ON", "Off", "y", "n", "True", "FALSE", "1:30", "2024-01-01", "0b1", "1_000",
    ])
    func whatYAML11TookForOtherTypesIsText(_ text: String) throws {
        #expect(try #require(Loaded("a: \(text)")["a"]?.scalar).value == .text)
    }

    @Test(
        arguments: [
            ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null), ("~", .null), ("", .null),
            ("NULL", .null), ("0", .integer(0)), ("-7", .integer(-7)), ("+7", .integer(7)), ("007", .integer(7)),
            ("0o17", .integer(15)), ("0xff", .integer(255)), ("1.5", .number(1.5)), ("1.", .number(1)),
            (".5", .number(0.5)),
            ("-1e3", .number(-1000)), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)), (".inf", .number(.infinity)),
            ("-.INF", .number(-.infinity)), ("0x", .text), ("0xfg", .text), ("0o8", .text), ("1e", .text), (".", .text),
            ("-", .text), ("1.2.3", .text), ("3.1.1", .text), ("0x-1", .text), ("1 2", .text),
        ] as [(String, YAMLScalar.Value)])
    func plainScalarsByTheCoreSchema(_ text: String, _ value: YAMLScalar.Value) {
        #expect(CoreSchema.value(of: text) == value)
    }

    @Test func quotedScalarsAreTexts() {
        let loaded = Loaded("a: \"true\"\nb: '1'\nc: |\n  2\n")
        for key in ["a", "b", "c"] { #expect(loaded[key]?.scalar?.value == .text) }
    }

    @Test func tagsOfTheCoreSchemaHold() {
        let loaded = Loaded("a: !!str 1\nb: !!int \"2\"\nc: !!float 3\nd: !!map {}\ne: !!seq []\nf: !!null ''")
        #expect(loaded.messages == [])
        #expect(loaded["a"]?.scalar?.value == .text)
        #expect(loaded["b"]?.scalar?.value == .integer(2))
        #expect(loaded["c"]?.scalar?.value == .number(3))
        #expect(loaded["f"]?.isNull == true)
    }

    @Test func aTagThatTheValueBeliesIsAnError() {
        let loaded = Loaded("a: !!int x\nb: !!map []\nc: !!bool on")
        #expect(loaded.messages.map { $0.prefix(10) } == ["a.yaml:1:1", "a.yaml:2:1", "a.yaml:3:1"])
    }

    @Test(arguments: ["!mine 1", "!!binary aGk=", "!!timestamp 2001-01-01", "!<tag:x.org,2000:y> 1", "! on"])
    func anyOtherTagIsAnError(_ value: String) {
        let loaded = Loaded("a: 1\nb: \(value)")
        #expect(loaded.messages.count == 1)
        #expect(loaded.messages.first?.hasPrefix("a.yaml:2:4: found the tag !") == true)
    }

    @Test func jsonIsYAML() throws {
        let text = #"{"a": [1, -2.5e3, true, null, "\u00e9\/\n"], "b":{"c":[]},"d" : "x"}"#
        let loaded = Loaded(text)
        let value = try #require(loaded.node?.value(loaded.collector))
        #expect(value.json == #"{"a":[1,-2.5e3,true,null,"é/\n"],"b":{"c":[]},"d":"x"}"#)
    }

    @Test func numbersKeepTheirSpellingWhereJSONHasIt() throws {
        let loaded = Loaded("[1.50, .5, 1., +1.5, 1e2, 0x10, -0.0, 12345678901234567890, 007.5]")
        let value = try #require(loaded.node?.value(loaded.collector))
        #expect(value.json == "[1.50,0.5,1.0,1.5,1e2,16,-0.0,12345678901234567890,7.5]")
    }

    @Test func whatJSONCannotWriteIsAnError() {
        let loaded = Loaded("a: [1, .nan, 1e999]")
        #expect(loaded.node?.value(loaded.collector) == nil)
        #expect(loaded.messages.map { $0.prefix(11) } == ["a.yaml:1:8:", "a.yaml:1:14"])
    }
}
