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
            ["frobnicate"], ["run", "--frob"], ["run", "extra"], ["check"], ["check", "--events", "x", "y"], ["replay"],
            ["replay", "--patterns", "p", "--end", "soon"], ["record"], ["play"], ["play", "x", "--speed", "fast"],
            ["eval"], ["play", "x", "--qos", "3"],
        ])
    func usage(arguments: [String]) throws {
        let result = try BoboProcess.run(arguments, in: folder)
        #expect(result.status == 64)
        #expect(result.output == "")
        #expect(result.errors.contains("Usage: bobo"))
    }

    @Test(
        "Each command's help shows an example",
        arguments: ["run", "check", "replay", "record", "play", "eval", "status"])
    func help(command: String) throws {
        let result = try BoboProcess.run([command, "--help"], in: folder)
        #expect(result.status == 0)
        #expect(result.output.contains("\n  bobo \(command) "))
        #expect(result.errors == "")
        let longer = try BoboProcess.run(["help", command], in: folder)
        #expect(longer.output == result.output)
    }

    @Test("The help names all commands, with a first look")
    func overview() throws {
        for arguments in [["--help"], ["help"], []] {
            let result = try BoboProcess.run(arguments, in: folder)
            #expect(result.status == 0)
            for command in ["run", "check", "replay", "record", "play", "eval", "status"] {
                #expect(result.output.contains("\n  \(command) "))
            }
            #expect(result.output.contains("bobo replay --patterns"))
        }
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
