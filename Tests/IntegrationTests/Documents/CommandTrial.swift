import Foundation

/// Command lines of `bobo` and of mosquitto's clients from a page, run in a folder that has the sample patterns and a
/// `bobo.yaml` that names a broker of the test's own, which also takes the place of any that a command line names.
final class CommandTrial {
    private let site: Site

    init() throws {
        site = try Site()
        try FileManager.default.copyItem(
            atPath: Document.project + "/patterns", toPath: site.folder.path(of: "patterns"))
        try site.configure("broker: {url: \"\(site.broker.url)\"}")
    }

    /// Runs it to its end; what runs until it is stopped is stopped once it does its work.
    ///
    /// - Returns: the lines of both outputs.
    func run(_ line: String) throws -> (status: Int32, output: [String], errors: String) {
        let command = line.replacing(#/^[^ ]*bobo /#, with: "bobo ").replacing(
            #/mqtt://(127\.0\.0\.1|localhost)(:1883)?/#, with: site.broker.url
        ).replacing(#/^mosquitto_(pub|sub)/#) { "\($0.output.0) -p \(site.broker.port)" }
        let client = try site.listener("#")
        let folder = (BoboProcess.executable as NSString).deletingLastPathComponent
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let process = try BoboProcess(
            ["-c", command.contains(#/[|;&<>]/#) ? command : "exec " + command], in: site.folder,
            environment: ["PATH": folder + ":" + path], program: "/bin/bash")
        if command.hasPrefix("mosquitto_sub"), !command.contains(" -C ") {
            try client.publish("bobo/events/fire", "{}", retain: true)
            try process.output.waitForLine(containing: "{}", timeout: .seconds(10))
            process.send(SIGTERM)
        }
        switch command.split(separator: " ")[1] {
        case "run" where !command.contains("--print-config") && !command.contains("--help"):
            try process.waitForLine(containing: "is ready")
            process.send(SIGTERM)
        case "record" where !command.contains("--help"):
            try process.waitForLine(containing: "recording from")
            process.send(SIGINT)
        case "play" where !command.contains("--help"):
            try client.waitForMessages(1)
            process.send(SIGINT)
        case "topics" where !command.contains("--help"):
            try process.waitForLine(containing: "listening to")
            process.send(SIGINT)
        case "watch" where !command.contains("--help"):
            try process.waitForLine(containing: "watching")
            process.send(SIGINT)
        case "init" where command.contains("/") && !command.contains("--help"):
            try process.waitForLine(containing: "waiting for a message")
            try client.publish(String(command.split(separator: " ").last ?? ""), #"{"temperature": 21.5}"#)
        default:
            try process.closeInput()
        }
        let status = try process.waitForExit(timeout: .seconds(20))
        return (status, process.output.lines + process.errors.lines, process.errors.text)
    }
}
