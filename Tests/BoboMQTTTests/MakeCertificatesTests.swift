import Foundation
import Testing

@Suite struct MakeCertificatesTests {
    private let script = Workplace.brokerConfig + "/make-certificates"

    @Test("A second run leaves what is there, and adds what is not")
    func idempotent() throws {
        let place = try Workplace()
        let folder = try place.certificates(clients: ["gw-a"])
        func contents(_ names: [String]) throws -> [Data] {
            try names.map { try Data(contentsOf: URL(filePath: folder + "/" + $0)) }
        }
        let names = ["ca.crt", "ca.key", "server.crt", "server.key", "gw-a.crt", "gw-a.key"]
        let before = try contents(names)
        _ = try place.certificates(clients: ["gw-a", "gw-b"])
        #expect(try contents(names) == before)
        #expect(FileManager.default.fileExists(atPath: folder + "/gw-b.crt"))
    }

    @Test("Keys are readable by their owner only")
    func keys() throws {
        let place = try Workplace()
        let folder = try place.certificates(clients: ["gw-a"])
        for name in ["ca.key", "server.key", "gw-a.key"] {
            let mode = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("-r renews what ends within 30 days, and keeps the key")
    func renewal() throws {
        let place = try Workplace()
        let folder = try place.certificates(clients: ["gw-a"], days: 10)
        let files = ["server.crt", "server.key", "gw-a.crt", "gw-a.key", "ca.crt"]
        let before = try files.map { try Data(contentsOf: URL(filePath: folder + "/" + $0)) }
        try Workplace.run(script, ["-r", folder, "localhost", "gw-a"])
        let after = try files.map { try Data(contentsOf: URL(filePath: folder + "/" + $0)) }
        #expect(zip(before, after).map { $0 == $1 } == [false, true, false, true, true])
        try Workplace.run("/usr/bin/openssl", ["verify", "-CAfile", folder + "/ca.crt", folder + "/server.crt"])
    }

    @Test(
        "What is no name is refused, and nothing is made",
        arguments: [["localhost", "../x"], ["local host; rm"], ["localhost", "server"], []])
    func names(arguments: [String]) throws {
        let place = try Workplace()
        try Workplace.run(script, [place.path + "/certificates"] + arguments, succeeds: false)
        #expect(!FileManager.default.fileExists(atPath: place.path + "/certificates"))
    }
}
