import Testing

@testable import CEL

@Suite struct ObjectTests {
    private let test = TestEnvironment()
    private let payload = object([
        ("type", .string("A")), ("value", .double(60)), ("list", .list(List([object([("x", .int(3))])]))),
        ("a", object([("b", object([("c", .int(1))])), ("d e", .int(2))])), ("none", .null),
    ])

    @Test("A chain of constant names below a document is one path")
    func paths() throws {
        let program = try test.environment.compile("payload.a.b.c == 1 && event.payload['a'][\"d e\"] == 2")
        let table = test.paths.paths
        #expect(program.objectPaths.map { table[$0] } == [["a", "b", "c"], ["a", "d e"]])
        #expect(table.count == 2)
        #expect(try program.holds(test.activation(payload)))
    }

    @Test("Below an index, selection goes on in the value")
    func belowIndex() throws {
        let program = try test.environment.compile("payload.list[0].x")
        #expect(program.objectPaths.map { test.paths.paths[$0] } == [["list"]])
        #expect(try program.evaluate(test.activation(payload)).isIdentical(to: .int(3)))
    }

    @Test("The whole document is the empty path")
    func wholeDocument() throws {
        let program = try test.environment.compile("size(payload)")
        #expect(program.objectPaths.map { test.paths.paths[$0] } == [[]])
        #expect(try program.evaluate(test.activation(payload)).isIdentical(to: .int(5)))
    }

    @Test("Events of a list are read by path too")
    func histories() throws {
        let program = try test.environment.compile("history.all(e, e.payload.a > 1) && history[1].payload.a == 3")
        #expect(program.objectPaths.map { test.paths.paths[$0] } == [["a"]])
        let activation = test.activation(history: [object([("a", .double(2))]), object([("a", .double(3))])])
        #expect(try program.holds(activation))
    }

    @Test("An object whose type is not known before is read by name, with its whole document")
    func dynamicObject() throws {
        let program = try test.environment.compile("[event, 1][0].payload.type == 'A' && dyn(event).topic == topic")
        #expect(program.objectPaths.map { test.paths.paths[$0] } == [[]])
        #expect(try program.holds(test.activation(payload)))
    }

    @Test("A missing field fails, has() says whether the last level is there")
    func missing() throws {
        #expect(try test.failure("payload.nothing == 1", payload) == .noSuchField("nothing"))
        #expect(try test.failure("payload.type.x == 1", payload) == .notAMap(field: "x"))
        for (source, expected) in [
            ("has(payload.type)", true), ("has(payload.nothing)", false), ("has(payload.none)", true),
            ("has(payload.a.b)", true), ("has(payload.list[0].y)", false), ("has(event.topic)", true),
            ("has(payload.a.`d e`)", true),
        ] {
            #expect(try test.evaluate(source, payload).isIdentical(to: .bool(expected)), "\(source)")
        }
        #expect(try test.failure("has(payload.nothing.more)", payload) == .noSuchField("nothing"))
    }

    @Test("Variables and equalities that must hold are known of a program")
    func facts() throws {
        let program = try test.environment.compile(
            "payload.type == 'A' && ('x' == payload.a.b && payload.value > 50) && (payload.c == 1 || true) && !(payload.d == 1)"
        )
        let table = test.paths.paths
        #expect(program.slots == [0])
        #expect(program.necessaryEqualities.map { table[$0.path] } == [["type"], ["a", "b"]])
        #expect(program.necessaryEqualities.map(\.slot) == [0, 0])
        #expect(program.necessaryEqualities[1].value.isIdentical(to: .string("x")))
        #expect(try test.environment.compile("history.exists(e, e.payload.a == key)").slots == [1, 2])
        #expect(try test.environment.compile("history.exists(e, e.payload.a == 1)").necessaryEqualities.isEmpty)
        #expect(try test.environment.compile("payload.t == 'a' + 'b'").necessaryEqualities.count == 1)
    }

    @Test("Objects are equal as they say themselves")
    func equality() throws {
        #expect(
            try test.evaluate("event == event && event in [event] && event != key", payload).isIdentical(
                to: .bool(true)))
    }

    @Test("A predicate that gives no bool fails")
    func notABool() throws {
        let program = try test.environment.compile("payload.value")
        #expect(throws: EvaluationFailure(.notABool("double"))) { try program.holds(test.activation(payload)) }
    }
}
