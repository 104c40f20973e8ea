import Foundation
import Testing

/// The folder with a recorded house and the alarms that are right there, which is not part of this repository.
private let house = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["BOBO_HOUSE"] ?? "../shared/data", isDirectory: true)

private let hasHouse = FileManager.default.fileExists(atPath: house.appendingPathComponent("house-truth.jsonl").path)

/// The patterns of the cookbook.
@Suite(.waiting) struct CookbookTests {
    private static let cookbook = Document.project + "/patterns/cookbook"

    @Test("Each pattern of the cookbook has tests; they pass, and reach each block")
    func tests() throws {
        let result = try BoboProcess.run(["test", "--coverage", Self.cookbook], in: TestFolder())
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.hasSuffix("tests: all passed\n") && result.errors == "")
        #expect(!result.output.contains("no test "), "\(result.output)")
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.cookbook)
        for name in names where !name.hasSuffix(".test.yaml") {
            #expect(names.contains(name.replacing(".yaml", with: ".test.yaml")), "\(name) has no tests")
        }
    }

    @Test("They are sound, and nothing in them is seldom meant")
    func check() throws {
        let result = try BoboProcess.run(["check", Self.cookbook], in: TestFolder())
        #expect(
            result.status == 0 && !(result.output + result.errors).contains("hint"), "\(result.output)\(result.errors)")
    }

    @Test(
        "On a recorded house they raise every alarm, to the millisecond and the key, and no other",
        .enabled(if: hasHouse, "there is no folder with a recorded house (BOBO_HOUSE)"))
    func recordedHouse() throws {
        let events = house.appendingPathComponent("house.jsonl").path
        let result = try BoboProcess.run(
            ["replay", "--patterns", Self.cookbook, "--events", events, "--end", "0s"], in: TestFolder(),
            timeout: .seconds(120))
        #expect(result.status == 0, "\(result.errors)")
        let truth = try String(contentsOf: house.appendingPathComponent("house-truth.jsonl"), encoding: .utf8)
            .split(separator: "\n").map { try Alarm(truth: $0) }
        let phenomena = Set(truth.map(\.phenomenon))
        let raised = try result.output.split(separator: "\n").map { try Alarm(event: $0) }
            .filter { phenomena.contains($0.phenomenon) }
        #expect(raised.count >= 200)
        for phenomenon in phenomena.sorted() {
            let expected = truth.filter { $0.phenomenon == phenomenon }.map(\.text).sorted()
            #expect(raised.filter { $0.phenomenon == phenomenon }.map(\.text).sorted() == expected, "\(phenomenon)")
        }
    }
}

private struct Alarm {
    let phenomenon: String
    /// The time in milliseconds, and the key.
    let text: String

    init(truth line: Substring) throws {
        let object = try Alarm.object(line)
        phenomenon = object["phenomenon"] as? String ?? ""
        text = "\((object["ts"] as? Int) ?? 0) \(object["key"] as? String ?? "null")"
    }

    init(event line: Substring) throws {
        let object = try Alarm.object(line)
        let data = object["data"] as? [String: Any] ?? [:]
        phenomenon = data["phenomenon"] as? String ?? ""
        let time = try Date(
            object["time"] as? String ?? "", strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        text = "\(Int((time.timeIntervalSince1970 * 1000).rounded())) \(data["key"] as? String ?? "null")"
    }

    private static func object(_ line: Substring) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }
}
