import Foundation
import Testing

@testable import BoboGraph

/// Pictures in Mermaid and DOT.
@Suite struct TextFormatTests {
    private static let yaml = """
        phenomenon: fire
        patterns:
          - name: q
            input: [home/#]
            blocks:
              - followed_by: payload.a == "x]\\"; click p1_1 'javascript:alert(1)' %% <img>"
              - next: payload.b > 1
                loop: true
                group: many
              - followed_by: payload.c == 1
                optional: true
              - followed_by: payload.d == 1
              - absent: {on: home/m}
                for: 5m
        """

    @Test("Mermaid: a node a block, lines by how runs go on, and no text that is markup")
    func mermaid() throws {
        let text = MermaidText.text(try diagrams(Self.yaml))
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.first == "flowchart LR")
        for line in [
            "p1_start ==> p1_1", "p1_1 ==> p1_2", "p1_2 -->|again| p1_2", "p1_2 -.-> p1_3",
            "p1_2 -->|passed over| p1_4", "p1_4 -.-> p1_5", "p1_5 ==> p1_goal",
            "p1_5{{\"5 absent (for 5m)<br/>home/m\"}}:::absent",
        ] {
            #expect(lines.contains(line), "\(line) in \(text)")
        }
        #expect(!text.contains("<img>"))
        #expect(!text.contains("javascript:alert(1)'"))
        #expect(lines.filter { $0.hasPrefix("p1_1[") }.allSatisfy { $0.count { $0 == "\"" } == 2 })
    }

    @Test("DOT: a node a block, lines by how runs go on, quotes escaped")
    func dot() throws {
        let text = DOTText.text(try diagrams(Self.yaml))
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(lines.first == "digraph bobo {")
        for line in [
            "p1_1 -> p1_2 [style=bold];", "p1_2 -> p1_2 [style=solid, label=\"again\"];",
            "p1_2 -> p1_3 [style=dotted];",
            "p1_4 -> p1_5 [style=dashed];",
        ] {
            #expect(lines.contains(line), "\(line) in \(text)")
        }
        // Outside escapes, quotes come in pairs, and braces outside quotes too.
        let bare = text.replacing(#/\\./#, with: "").replacing(#/"[^"]*"/#, with: "")
        #expect(!bare.contains("\""))
        #expect(bare.count { $0 == "{" } == bare.count { $0 == "}" })
    }
}
