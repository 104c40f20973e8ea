import Foundation
import Testing

/// What the program says when something is not as it should be stands in docs/operations.md, with what to do.
@Suite struct OperationsPageTests {
    private static let page =
        (try? String(contentsOfFile: Document.project + "/docs/operations.md", encoding: .utf8)) ?? ""

    /// The texts of warnings and errors in the sources, each as the parts between what it fills in.
    private func texts(_ pattern: Regex<(Substring, Substring)>, in names: (String) -> Bool) -> [String] {
        let sources = Document.project + "/Sources"
        let files = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".swift") && names($0) }.flatMap { file in
            let text = (try? String(contentsOfFile: sources + "/" + file, encoding: .utf8)) ?? ""
            return text.matches(of: pattern).map { String($0.output.1) }
        }
    }

    /// Whether a part of it that is long enough to search for is on the page.
    private func isExplained(_ text: String) -> Bool {
        let parts = text.replacing(#/\\\((?:[^()]|\([^()]*\))*\)/#, with: "\u{0}").split { "\u{0}:;,".contains($0) }
        let words = parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.count >= 7 }
        return words.isEmpty || words.contains(where: Self.page.contains)
    }

    @Test("Each warning and error of the log is explained")
    func messages() {
        let logged = texts(
            #/[lL]ogger\.(?:warning|error|notice)\(\s*"((?:[^"\\]|\\\((?:[^()]|\([^()]*\))*\)|\\.)*)"/#,
            in: { _ in true })
        let named = texts(
            #/case [^:\n]*:\s*"((?:[^"\\]|\\\((?:[^()]|\([^()]*\))*\)|\\.)*)"/#,
            in: { $0.hasSuffix("/PeerAction.swift") })
        let counted = texts(#/\(\s*"([^"\\]{10,})",\s*\w+\./#, in: { $0.hasSuffix("/StatisticsReport.swift") })
        #expect(logged.count > 15 && named.count > 15 && counted.count > 8, "the sources are written otherwise now")
        for text in logged + named + counted { #expect(isExplained(text), "\(text)") }
    }

    @Test("Each figure that is published is explained")
    func figures() throws {
        let source = try String(
            contentsOfFile: Document.project + "/Sources/BoboGateway/Loop/StatisticsReport.swift", encoding: .utf8)
        let names = source.matches(of: #/\\"([a-z_]{4,})\\":/#).map { String($0.output.1) }
        #expect(names.count > 8)
        for name in names where !["version", "phenomenon", "pattern"].contains(name) {
            #expect(Self.page.contains(name), "\(name)")
        }
    }

    @Test("Each metric is explained")
    func metrics() throws {
        let source = try String(
            contentsOfFile: Document.project + "/Sources/BoboGateway/Metrics/MetricNames.swift", encoding: .utf8)
        let names = source.matches(of: #/ = "([a-z_]+)"/#).map { String($0.output.1) }
        #expect(names.count > 20)
        for name in names { #expect(Self.page.contains(name), "\(name)") }
    }
}
