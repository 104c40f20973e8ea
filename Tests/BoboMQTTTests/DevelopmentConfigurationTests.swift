import BoboMQTT
import Foundation
import Testing

@Suite struct DevelopmentConfigurationTests {
    private func options(of text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && !$0.isEmpty }
    }

    @Test("The private broker's options are those of development.conf")
    func equal() throws {
        let file = try Workplace.configuration("development.conf")
        #expect(options(of: file) == options(of: EmbeddedBrokerConfiguration.development))
    }

    @Test("mosquitto takes the file as it is, comments and all, without a complaint")
    func starts() throws {
        var options = EmbeddedBroker.Options()
        options.configuration = try Workplace.configuration("development.conf")
        let broker = try EmbeddedBroker(options)
        #expect(try Client(broker).connects == [false])
        #expect(!broker.lastLogLines.contains { $0.contains("Error") || $0.contains("Unknown") })
    }

    @Test("Each option of both files has a comment before it", arguments: ["development.conf", "production.conf"])
    func commented(name: String) throws {
        var commented = false
        for line in try Workplace.configuration(name).components(separatedBy: "\n") {
            if line.hasPrefix("#") { commented = true }
            if line.isEmpty { commented = false }
            if !line.hasPrefix("#"), !line.isEmpty { #expect(commented, "\(line)") }
        }
    }
}
