import Foundation
import Testing

/// What the Debian package ships fits the program. That it installs, runs and goes without a trace is put to the test by
/// `scripts/package-test`, on a machine of its own.
@Suite(.waiting) struct PackageTests {
    private static let packaging = Document.project + "/packaging"

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: Self.packaging + "/" + name, encoding: .utf8)
    }

    private func analyse(_ arguments: [String], in folder: TestFolder) throws -> (status: Int32, output: String) {
        let process = try BoboProcess(arguments, in: folder, program: "/usr/bin/systemd-analyze")
        try process.closeInput()
        let status = try process.waitForExit(timeout: .seconds(30))
        return (status, process.output.text + process.errors.text)
    }

    @Test("The shipped configuration and patterns are sound, and their tests pass")
    func shippedFiles() throws {
        let folder = try TestFolder()
        let checked = try BoboProcess.run(
            ["check", Self.packaging + "/etc/bobo.yaml", Self.packaging + "/etc/patterns"], in: folder)
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
        #expect(!(checked.output + checked.errors).contains("hint:"), "\(checked.output)\(checked.errors)")
        let tested = try BoboProcess.run(["test", Self.packaging + "/etc/patterns"], in: folder)
        #expect(tested.status == 0, "\(tested.output)\(tested.errors)")
    }

    @Test("The service's command line is one that the program takes, and reads the shipped configuration")
    func commandLine() throws {
        let line = try #require(text("debian/bobo.service").firstMatch(of: #/\nExecStart=/usr/bin/bobo (.*)/#)).output.1
        let words = line.split(separator: " ").map {
            $0 == "/etc/bobo/bobo.yaml" ? Self.packaging + "/etc/bobo.yaml" : String($0)
        }
        let printed = try BoboProcess.run(words + ["--print-config"], in: TestFolder())
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(printed.output.contains("mqtt://127.0.0.1:1883"))
    }

    @Test("systemd finds nothing wrong with the services, and the gateway's has an exposure below 2")
    func services() throws {
        let folder = try TestFolder()
        let service = try text("debian/bobo.service").replacing("/usr/bin/bobo", with: BoboProcess.executable)
        let files = [
            try folder.write(service, to: "bobo.service"),
            try folder.write(try text("debian/bobo.bobo-clock.service"), to: "bobo-clock.service"),
        ]
        let verified = try analyse(["verify", "--man=no"] + files, in: folder)
        #expect(verified.status == 0 && verified.output.isEmpty, "\(verified.output)")
        let judged = try analyse(
            ["security", "--offline=true", "--threshold=20", "--no-pager", files[0]], in: folder)
        #expect(judged.status == 0, "\(judged.output.suffix(200))")
    }

    @Test("The package's version is the program's")
    func version() throws {
        let said = try BoboProcess.run(["--version"], in: TestFolder()).output.trimmingCharacters(
            in: .whitespacesAndNewlines)
        #expect(try text("debian/changelog").hasPrefix("bobo (\(said)) "))
    }

    @Test("Completions of each shell, which the package installs, are there", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) throws {
        let written = try BoboProcess.run(["--generate-completion-script", shell], in: TestFolder())
        #expect(written.status == 0 && written.output.contains("replay"))
    }
}
