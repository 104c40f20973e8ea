import Foundation
import Synchronization
import Testing

@testable import CEL

/// Expressions come from files that may hold anything.
@Suite struct BoundTests {
    private let test = TestEnvironment()

    @Test("Nesting beyond the limit is an error, within it no thread's stack is exhausted")
    func nesting() async throws {
        for (open, close) in [
            ("(", ")"), ("[", "]"), ("-", ""), ("!", ""), ("size([", "])"), ("{1: ", "}"), ("true ? 1 : ", ""),
        ] {
            let deep = String(repeating: open, count: 5000) + "1" + String(repeating: close, count: 5000)
            #expect(test.problems(deep).first?.contains("nested more than 250 deep") == true, "\(open)")
        }
        for tail in [".a", "[0]", " + 1"] {
            let problems = test.problems("payload" + String(repeating: tail, count: 5000))
            #expect(problems.first?.contains("nested more than 250 deep") == true, "\(tail)")
        }
    }

    @Test("As deep as is allowed, an expression is evaluated on the small stack of a secondary thread")
    func allowedNesting() throws {
        let sources = [
            String(repeating: "(", count: 240) + "1" + String(repeating: ")", count: 240),
            String(repeating: "[", count: 120) + "1" + String(repeating: "]", count: 120),
            "1" + String(repeating: " + 1", count: 240),
            String(repeating: "[1].map(x, ", count: 80) + "1" + String(repeating: ")", count: 80),
            "payload.a" + String(repeating: "[0]", count: 200) + " == 1 || true",
            String(repeating: "(true ? ", count: 120) + "1" + String(repeating: " : 3)", count: 120),
        ]
        let failures = Mutex<[String]>([])
        let environment = test.environment
        let paths = test.paths
        let finished = DispatchSemaphore(value: 0)
        let thread = Thread {
            for source in sources {
                do {
                    let event = TestEvent(object([("a", .int(1))]), paths: paths)
                    _ = try environment.compile(source).evaluate(Bindings([.object(event), .null, .null, .null]))
                } catch {
                    failures.withLock { $0.append("\(source.prefix(20)): \(error)") }
                }
            }
            finished.signal()
        }
        thread.stackSize = 2 << 20
        thread.start()
        #expect(finished.wait(timeout: .now() + 30) == .success)
        #expect(failures.withLock { $0 } == [])
    }

    @Test("Long chains of && and || are not deep")
    func longChains() throws {
        let source = "false" + String(repeating: " || payload.a == 1", count: 5000)
        #expect(try test.evaluate(source, object([("a", .int(1))])).isIdentical(to: .bool(true)))
    }

    @Test("A source over 100,000 bytes is an error")
    func longSource() {
        #expect(test.problems(String(repeating: " ", count: 100_000) + "1").first?.contains("at most 100000") == true)
    }

    @Test("Macros stop after ten million elements")
    func iterations() throws {
        let list = "[" + Array(repeating: "1", count: 100).joined(separator: ", ") + "]"
        let nested = "\(list).all(a, \(list).all(b, \(list).all(c, \(list).all(d, d == payload))))"
        #expect(try test.failure(nested, .int(1)) == .tooManyIterations)
    }

    @Test("A text that doubles with each element stops before it fills the memory")
    func doubling() throws {
        let binds = (0..<60).map { "cel.bind(x\($0 + 1), x\($0) + x\($0), " }.joined()
        let source = "cel.bind(x0, payload, \(binds)size(x60)" + String(repeating: ")", count: 61)
        #expect(try test.failure(source, .string("abc")) == .tooManyIterations)
    }

    @Test("Texts of messages can neither fill the memory nor the time")
    func longTexts() throws {
        let long = Value.string(String(repeating: "a", count: 200_000))
        let payload = object([("a", long), ("b", .string(String(repeating: "a", count: 100_000) + "b"))])
        #expect(
            try test.failure("payload.a.replace('a', payload.a)", payload)
                == .invalidArgument("a text longer than 16 MiB"))
        #expect(try test.failure("[1, 2, 3].map(i, payload.a).join(payload.a + payload.a)", payload) == nil)
        for source in [
            "payload.a.contains(payload.b)", "payload.a.indexOf(payload.b) > 0", "payload.a.lastIndexOf(payload.b) > 0",
        ] {
            #expect(try test.evaluate(source, payload).isIdentical(to: .bool(false)))
        }
    }

    @Test("Of thousands of problems the first hundred are told")
    func manyProblems() {
        #expect(test.problems(String(repeating: "x || ", count: 10_000) + "x").count == 100)
    }

    @Test(
        "Broken sources are errors that point to the place",
        arguments: [
            ("", 1, "found the end of the expression, expected a value"),
            ("1 +", 4, "found the end of the expression, expected a value"),
            ("a = 1", 3, "found \"=\", which is no part of CEL; equality is =="),
            ("(1", 3, "found the end of the expression, expected ) to close the parenthesis"),
            ("'abc", 1, "found a text without its closing quote"),
            ("'a\nb'", 1, "found the end of the line within a text, expected '"),
            ("'\\q'", 2, "found the escape \\q, which is none of CEL's; a backslash is \\\\"),
            ("9223372036854775808", 1, "9223372036854775808 is beyond the range of int (64 bits)"),
            ("99999999999999999999", 1, "99999999999999999999 is beyond the range of int (64 bits)"),
            ("1e999", 1, "1e999 is beyond the range of double"),
            ("1 2", 3, "found 2, expected an operator or the end of the expression"),
            ("12abc", 3, "found \"a\" directly after a number"),
            ("a.1", 2, "found 0.1, expected an operator or the end of the expression"),
            ("[1 2]", 4, "found 2, expected ] or , in the list"),
            ("if", 1, "found if, a reserved word of CEL, expected a value"),
            ("Event{a: 1}", 6, "messages of protocol buffers are not supported; a map is {\"key\": value}"),
            ("`a`", 1, "found `a`, expected a value"), ("'\\ud800'", 2, "found an escape that is no Unicode scalar"),
            ("ä", 1, "found \"ä\", which is no part of CEL"),
            ("a & b", 3, "found \"&\", which is no part of CEL; and is &&"),
        ])
    func brokenSource(source: String, column: Int, message: String) throws {
        let error = try #require(throws: CompilationError.self) { try test.environment.compile(source) }
        #expect(error.problems.map(\.message) == [message])
        #expect(error.problems.map(\.column) == [column])
    }

    @Test("Any cut of an expression is read or refused, never fatal")
    func cuts() {
        let source =
            #"history.all(e, e.payload["a\u00e9"] > -1.5e3 ? b"\x00" == {1u: [2, .3]} : has(payload.`x y`.z)) || 'é' in r'\d'"#
        let scalars = Array(source.unicodeScalars)
        for length in 0...scalars.count {
            let cut = String(String.UnicodeScalarView(scalars.prefix(length)))
            for problem in (try? test.environment.compile(cut)) == nil ? test.problems(cut) : [] {
                #expect(!problem.isEmpty)
            }
            _ = test.problems(String(String.UnicodeScalarView(scalars.dropFirst(length))))
        }
    }
}
