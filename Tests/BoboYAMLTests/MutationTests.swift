import Testing

@testable import BoboYAML

/// Broken files are normal: whatever is in them, they are read, or refused with a place.
@Suite struct MutationTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        /// SplitMix64 (Steele, Lea, Flood 2014).
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let sample = """
        phenomenon: kitchen-fire # why
        base: &base {on: home/+/temperature, where: "payload.celsius > 55"}
        patterns:
          - name: 'it''s'
            input: [a/+, "b\\u00e9\\n/#"]
            within: 60s
            times: {min: 2, max: 5}
            blocks:
              - followed_by: *base
              - next: !!str 5
                where: >-
                  payload.x >
                    5

                  && y
        emit:
          data: |
            {"room": key}
        list: [~, null, 1.5e3, 0x1F, true]

        """

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func mutatedFilesAreReadOrRefusedWithAPlace(_ seed: UInt64) {
        var generator = Generator(state: seed)
        let pieces = [
            "!", "&a ", "*a", "*base", "[", "]", "{", "}", ",", ": ", "- ", "? ", "\"", "'", "|", ">", "#", "%", "@",
            "\t", "\n",
            "\r", "é", "\\", "---\n", "...\n", "<<: ", "\u{85}", "\u{0}", "~", "!!", "!<x>", "  ",
        ]
        for _ in 0..<400 {
            var text = Array(Self.sample)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<text.count, using: &generator)
                if Bool.random(using: &generator) {
                    text.insert(contentsOf: pieces.randomElement(using: &generator) ?? "", at: at)
                } else {
                    text.removeSubrange(at..<min(text.count, at + Int.random(in: 1...3, using: &generator)))
                }
            }
            let loaded = Loaded(String(text))
            if let node = loaded.node { read(node, loaded.collector) }
            #expect(loaded.node != nil || loaded.collector.hasErrors)
            for problem in loaded.collector.problems {
                #expect(problem.place.line >= 1 && problem.place.column >= 1, "\(problem) in \(String(text))")
            }
        }
    }

    /// Reads every value in every way, and every place.
    private func read(_ node: YAMLNode, _ problems: ProblemCollector) {
        _ = node.value(problems)
        _ = node.duration(problems)
        if let text = node.expression(problems) {
            for offset in 0...text.text.unicodeScalars.count { _ = text.place(atScalar: offset) }
        }
        switch node.content {
        case .list(let list): for element in list { read(element, problems) }
        case .mapping(let entries): for entry in entries { read(entry.value, problems) }
        case .scalar, .invalid: break
        }
    }
}
