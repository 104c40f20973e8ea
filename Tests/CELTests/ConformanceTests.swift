import Foundation
import Testing

/// The folder with the conformance set, which is not part of this repository.
private let folder = URL(
    fileURLWithPath: ProcessInfo.processInfo.environment["CEL_CONFORMANCE"] ?? "../shared/cel-conformance",
    isDirectory: true)

private let isThere = FileManager.default.fileExists(atPath: folder.path)

/// The least share of the cases that must pass.
private let floor = 1.0

/// Cases of our own, in the same form, for what the specification says and the set may not ask.
private let ownCases = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")

@Suite struct ConformanceTests {
    @Test("Cases of our own, from the specification's text")
    func own() throws {
        var count = 0
        let cases = try Data(contentsOf: ownCases.appendingPathComponent("cel.jsonl"))
        for line in cases.split(separator: UInt8(ascii: "\n")) {
            let found = try #require(try ConformanceCase(line: line))
            #expect(found.isPassed, "\(found.name): \(found.expression)")
            count += 1
        }
        #expect(count > 800)
    }

    @Test("Conformance", .enabled(if: isThere, "there is no folder with the conformance set (CEL_CONFORMANCE)"))
    func conformance() throws {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "jsonl" }.sorted { $0.path < $1.path }
        var counts: [String: (passed: Int, all: Int)] = [:]
        var failures: [String] = []
        for file in files {
            for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
                let found = try #require(
                    try ConformanceCase(line: line), "not a case: \(String(decoding: line, as: UTF8.self))")
                let isPassed = found.isPassed
                var count = counts[found.file] ?? (0, 0)
                count.all += 1
                count.passed += isPassed ? 1 : 0
                counts[found.file] = count
                if !isPassed { failures.append("\(found.file)/\(found.name): \(found.expression)") }
            }
        }
        for (file, count) in counts.sorted(by: { $0.key < $1.key }) {
            print("\(file): \(count.passed) of \(count.all)")
        }
        for failure in failures { print("failed: \(failure)") }
        let passed = counts.values.map(\.passed).reduce(0, +)
        let all = counts.values.map(\.all).reduce(0, +)
        print("conformance: \(passed) of \(all) cases passed")
        #expect(all > 0)
        #expect(Double(passed) >= floor * Double(all))
    }
}
