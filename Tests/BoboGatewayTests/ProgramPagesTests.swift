#if os(Linux)
import Foundation
import Testing

@testable import BoboGateway

struct ProgramPagesTests {
    /// Pages of mapped files that are resident, in KiB.
    private static func resident() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(Int(line.split(separator: "\t").last?.split(separator: " ").first ?? ""))
    }

    @Test func whatOnlyTheStartNeededIsGivenBackAndTheProgramGoesOn() throws {
        let before = try ProgramPagesTests.resident()
        ProgramPages.giveBack()
        let after = try ProgramPagesTests.resident()
        #expect(after < before)
        // Code and constants that have not run since.
        #expect(["b", "a"].sorted().joined(separator: ", ").uppercased() == "A, B")
    }
}
#endif
