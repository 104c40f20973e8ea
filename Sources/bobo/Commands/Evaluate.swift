import ArgumentParser
import BoboEngine
import CEL

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Tries an expression: its value and type, or why it fails.",
        discussion: """
            The expression may read the event that --event and --topic give, as in pattern files:

              bobo eval 'payload.celsius * 1.8 + 32' --event '{"celsius": 21.5}'
              bobo eval 'levels[1] + "!"' --topic home/kitchen/temperature
            """)

    @Argument(help: "The expression.")
    var expression: String

    @Option(help: ArgumentHelp("The event's payload.", valueName: "json"))
    var event: String = "null"

    @Option(help: "The event's topic.")
    var topic: String = "topic"

    func run() throws {
        let trial: ExpressionTrial
        do {
            trial = try ExpressionTrial(expression)
        } catch {
            say(error.rendered)
            throw ExitCode.badInput
        }
        for hint in trial.hints { say("hint: \(hint)") }
        do {
            print(try trial.evaluate(topic: topic, payload: Array(event.utf8)))
        } catch {
            say("fails: \(error)")
            throw ExitCode.foundWrong
        }
    }
}
