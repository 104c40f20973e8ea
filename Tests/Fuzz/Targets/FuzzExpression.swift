import BoboEngine
import CEL

/// An expression, and after a byte of 0xFF the payload of the event that it is asked of.
func fuzzExpression(_ input: [UInt8]) {
    let parts = input.parts
    let payload =
        parts.count > 1 ? parts[1] : Array(#"{"a": {"b": [1, 2.5, "x", null, true]}, "n": 9007199254740993}"#.utf8)
    do {
        let trial = try ExpressionTrial(parts[0].text)
        let first = try? trial.evaluate(topic: "home/kitchen/x", payload: payload, now: 1_764_000_000_000)
        let second = try? trial.evaluate(topic: "home/kitchen/x", payload: payload, now: 1_764_000_000_000)
        expect(first == second, "an expression has one value")
    } catch {
        expect(!error.problems.isEmpty, "what is refused has a reason")
        for problem in error.problems { _ = problem.message }
    }
}
