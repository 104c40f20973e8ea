import BoboYAML
import Foundation

@testable import BoboGateway

/// A folder of its own for a test, gone with it.
final class ConfigurationFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bobo-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult func write(_ name: String, _ text: String, permissions: Int = 0o600) throws -> String {
        let file = path + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
        return file
    }

    /// Loads with this folder as the working directory; messages bear paths relative to it.
    func load(
        _ yaml: String? = nil, file: String? = nil, environment: [String: String] = [:], flags: [String: String] = [:],
        checksFiles: Bool = true
    ) throws -> (configuration: Configuration?, messages: [String]) {
        if let yaml { try write("bobo.yaml", yaml) }
        let sources = ConfigurationSources(
            file: file, environment: environment, flags: flags, workingDirectory: path, hostName: "host-1.local",
            timezone: "Europe/Vienna")
        let outcome = Configuration.load(sources, checksFiles: checksFiles)
        return (outcome.configuration, outcome.problems.map { $0.description.replacing(path + "/", with: "") })
    }
}
