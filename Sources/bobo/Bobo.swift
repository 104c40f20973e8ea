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
            """,
        version: version,
        subcommands: [
            Initialise.self, Topics.self, Run.self, Check.self, TestPatterns.self, Replay.self, Record.self, Play.self,
            Status.self,
            Evaluate.self,
            Schema.self,
        ])
}
