import BoboMQTT
import Foundation
import Testing

/// A folder for one test, gone with it, and what the project's broker-config makes in it.
final class Workplace {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/bobo-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The project's broker-config.
    static let brokerConfig = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "broker-config").path(percentEncoded: false)

    static func configuration(_ name: String) throws -> String {
        try String(contentsOfFile: brokerConfig + "/" + name, encoding: .utf8)
    }

    /// Runs a program, which has to succeed.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], succeeds: Bool = true) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require((process.terminationStatus == 0) == succeeds, "\(program) \(arguments): \(text)")
        return text
    }

    /// A folder of certificates for localhost.
    func certificates(
        _ folder: String = "certificates", names: String = "localhost,127.0.0.1", clients: [String] = [], days: Int = 30
    ) throws -> String {
        let path = path + "/" + folder
        try Workplace.run(
            Workplace.brokerConfig + "/make-certificates",
            ["-d", String(days), path, names] + clients)
        return path
    }

    /// The production configuration, with its files in this folder and an account for each name, whose password is the name.
    func production(accounts: [String], certificates: String) throws -> EmbeddedBroker.Options {
        for account in accounts {
            let create = account == accounts.first ? ["-c"] : []
            try Workplace.run("/usr/bin/mosquitto_passwd", create + ["-b", path + "/passwords", account, account])
        }
        try Workplace.configuration("acl").write(toFile: path + "/acl", atomically: true, encoding: .utf8)
        for name in ["ca.crt", "server.crt", "server.key"] {
            try FileManager.default.copyItem(atPath: certificates + "/" + name, toPath: path + "/" + name)
        }
        var options = EmbeddedBroker.Options()
        options.configuration = try Workplace.configuration("production.conf")
            .replacing("/etc/mosquitto/bobo/", with: path + "/")
        options.persistence = path
        return options
    }
}
