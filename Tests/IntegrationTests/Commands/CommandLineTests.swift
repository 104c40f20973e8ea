import Foundation
import Testing

/// `bobo run --print-config`, environment variables, usage.
@Suite(.waiting) struct CommandLineTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test("--print-config shows each value with where it comes from, the later layers winning, and masks secrets")
    func origins() throws {
        let password = try folder.write("top secret\n", to: "password")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: password)
        try folder.write(
            """
            instance: gw-a
            log_level: debug
            broker:
              url: mqtt://localhost
              username: nobody
              password_file: password
            queue: {size: 5}
            """, to: "bobo.yaml")
        let result = try BoboProcess.run(
            ["run", "--print-config", "--username", "gw-a", "--patterns", "here"], in: folder,
            environment: ["BOBO_LOG_LEVEL": "warning", "BOBO_QUEUE_SIZE": "7"])
        #expect(result.status == 0)
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n").map(String.init)
        for line in [
            "instance: gw-a  # bobo.yaml:1", "patterns: here  # --patterns", "log_level: warning  # BOBO_LOG_LEVEL",
            "  url: mqtt://localhost:1883  # bobo.yaml:4", "  username: gw-a  # --username",
            "  size: 7  # BOBO_QUEUE_SIZE", "  when_full: wait  # default", "prefix: bobo  # default",
        ] {
            #expect(lines.contains(line), "\(line) in \(result.output)")
        }
        #expect(!result.output.contains("top secret"))

        let environment = try BoboProcess.run(
            ["run", "--print-config"], in: folder, environment: ["BOBO_BROKER_PASSWORD": "hidden"])
        #expect(environment.status == 0)
        #expect(environment.output.contains("BOBO_BROKER_PASSWORD"))
        #expect(!environment.output.contains("hidden"))
        #expect(!environment.output.contains("top secret"))
    }

    @Test("What it prints is a configuration that reads back as the same")
    func readsBack() throws {
        let first = try BoboProcess.run(
            ["run", "--print-config", "--broker", "mqtts://broker:8884", "--instance", "x"], in: folder)
        try folder.write(first.output, to: "printed.yaml")
        let second = try BoboProcess.run(["run", "--print-config", "--config", "printed.yaml"], in: folder)
        #expect(second.status == 0, "\(second.errors)")
        func values(_ text: String) -> [Substring] {
            text.split(separator: "\n").map { $0.prefix(upTo: $0.firstRange(of: "  # ")?.lowerBound ?? $0.endIndex) }
        }
        #expect(values(second.output) == values(first.output))
    }

    @Test("An unknown BOBO_ variable is bad input, with the nearest that exists", arguments: ["run", "replay"])
    func unknownVariable(command: String) throws {
        let result = try BoboProcess.run(
            [command, "--patterns", "patterns"], in: folder, environment: ["BOBO_BROKER_ULR": "mqtt://h"])
        #expect(result.status == 65)
        #expect(result.errors.contains("BOBO_BROKER_ULR: unknown environment variable"))
        #expect(result.errors.contains("did you mean BOBO_BROKER_URL?"))
        #expect(result.output == "")
    }

    @Test("A wrong value in a variable is bad input, in a flag a wrong use")
    func wrongValues() throws {
        let variable = try BoboProcess.run(["run"], in: folder, environment: ["BOBO_QUEUE_SIZE": "many"])
        #expect(variable.status == 65)
        #expect(variable.errors.contains("BOBO_QUEUE_SIZE: found the text \"many\""))
        let flag = try BoboProcess.run(["run", "--broker", "http://h"], in: folder)
        #expect(flag.status == 64)
        #expect(flag.errors.contains("--broker: "))
    }

    @Test(
        "A wrong use ends with 64 and says how it is used",
        arguments: [
            ["frobnicate"], ["run", "--frob"], ["run", "extra"], ["check"], ["replay"],
            ["replay", "--patterns", "p", "--end", "soon"], ["record"], ["play"], ["play", "x", "--speed", "fast"],
            ["eval"], ["play", "x", "--qos", "3"],
        ])
    func usage(arguments: [String]) throws {
        let result = try BoboProcess.run(arguments, in: folder)
        #expect(result.status == 64)
        #expect(result.output == "")
        #expect(result.errors.contains("Usage: bobo"))
    }

    /// The commands that the help names, with what it says of each.
    private func commands() throws -> [(name: String, help: String)] {
        let overview = try BoboProcess.run(["--help"], in: folder)
        let lines = overview.output.split(separator: "SUBCOMMANDS:").last ?? ""
        return lines.matches(of: #/\n  ([a-z]+) +([^\n]+)/#).map { (String($0.output.1), String($0.output.2)) }
    }

    @Test("Each command's help shows an example, which names options that there are")
    func help() throws {
        let commands = try commands()
        #expect(commands.count >= 12)
        for (command, _) in commands where command != "help" {
            let result = try BoboProcess.run([command, "--help"], in: folder)
            #expect(result.status == 0)
            #expect(result.errors == "")
            let examples = result.output.matches(of: #/\n +(bobo [^\n]*)/#).map { String($0.output.1) }
                .filter { $0.hasPrefix("bobo \(command) ") || $0 == "bobo \(command)" }
            #expect(!examples.isEmpty, "\(command)")
            for option in examples.joined(separator: " ").matches(of: #/ (--[a-z-]+)/#) {
                #expect(result.output.contains("\n  \(option.output.1)"), "\(command) \(option.output.1)")
            }
            let longer = try BoboProcess.run(["help", command], in: folder)
            #expect(longer.output == result.output)
        }
    }

    @Test("The help names all commands, with a first look")
    func overview() throws {
        let names = try commands().map(\.name)
        for command in [
            "init", "topics", "run", "check", "test", "replay", "record", "play", "watch", "status", "eval", "graph",
            "schema",
        ] {
            #expect(names.contains(command))
        }
        for arguments in [["--help"], ["help"], []] {
            let result = try BoboProcess.run(arguments, in: folder)
            #expect(result.status == 0)
            #expect(result.output.contains("bobo replay --patterns"))
        }
    }

    @Test("Shells complete commands, options and files", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) throws {
        let script = try BoboProcess.run(["--generate-completion-script", shell], in: folder)
        #expect(script.status == 0)
        for word in try commands().map(\.name) + ["explain", "jsonl"] {
            #expect(script.output.contains(word), "\(word)")
        }
        guard shell == "bash" else { return }
        try folder.write(script.output, to: "bobo.bash")
        try folder.write("", to: "events.jsonl")
        try folder.write("", to: "other.txt")
        func complete(_ words: String...) throws -> String {
            let list = (["bobo"] + words).map { "'\($0)'" }.joined(separator: " ")
            let line = (["bobo"] + words).joined(separator: " ")
            let process = try BoboProcess(
                [
                    "-c",
                    """
                    source bobo.bash; COMP_WORDS=(\(list)); COMP_CWORD=\(words.count); COMP_LINE='\(line)'
                    COMP_POINT=${#COMP_LINE}; _bobo bobo \(words.suffix(2).reversed().map { "'\($0)'" }.joined(separator: " ")); printf '%s\\n' "${COMPREPLY[@]}"
                    """,
                ], in: folder, program: "/bin/bash")
            _ = try process.waitForExit()
            return process.output.text
        }
        #expect(try complete("gr").contains("graph"))
        #expect(try complete("replay", "--ex").contains("--explain"))
        let files = try complete("play", "")
        #expect(files.contains("events.jsonl"))
        #expect(!files.contains("other.txt"))
    }

    @Test("--version says the version, which the figures bear, too")
    func version() throws {
        let result = try BoboProcess.run(["--version"], in: folder)
        #expect(result.status == 0)
        #expect(result.output.contains(#/^[0-9]+\.[0-9]+\.[0-9]+\n$/#))
        let site = try Site()
        try site.configure("stats_interval: 100ms")
        try site.pattern("any", each: "home/#")
        let gateway = try site.gateway()
        let figures = try site.listener("bobo/stats/gw").waitForMessage(on: "bobo/stats/gw")
        #expect(try ReadJSON(figures.text)["version"].string == result.output.trimmingCharacters(in: .newlines))
        _ = gateway
    }

    @Test("eval tells value and type, or why an expression fails")
    func eval() throws {
        let value = try BoboProcess.run(
            ["eval", "payload.celsius * 2", "--event", #"{"celsius": 21}"#, "--topic", "home/x"], in: folder)
        #expect(value.status == 0)
        #expect(value.output.contains("42"))
        #expect(value.output.contains("double"))
        let wrong = try BoboProcess.run(["eval", "payload."], in: folder)
        #expect(wrong.status == 65)
        #expect(wrong.errors != "")
        let failing = try BoboProcess.run(["eval", "payload.missing + 1", "--event", "{}"], in: folder)
        #expect(failing.status == 1)
        #expect(failing.errors.contains("missing"))
    }
}
