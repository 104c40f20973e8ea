import ArgumentParser

@main
struct Bobo: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "bobo",
        abstract: "Finds temporal patterns in MQTT sensor data, and publishes them as complex events.",
        discussion: """
            A first look, with the sample patterns and a recording:
              bobo check patterns
              bobo replay --patterns patterns --events patterns/recordings/fire.fires.jsonl

            Against a broker:
              bobo run --broker mqtt://127.0.0.1:1883 --patterns patterns

            The shell completes commands, options and files with what `--generate-completion-script` writes:
              bobo --generate-completion-script bash > ~/.local/share/bash-completion/completions/bobo
            """,
        version: version,
        subcommands: [
            Initialise.self, Topics.self, Run.self, Check.self, TestPatterns.self, Replay.self, Record.self, Play.self,
            Watch.self, Status.self, Evaluate.self, Graph.self, Schema.self,
        ])
}
