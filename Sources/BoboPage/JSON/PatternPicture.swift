import BoboEngine
import BoboGraph

/// A pattern drawn as its blocks.
enum PatternPicture {
    /// - Parameter pattern: nil: all patterns of the phenomenon.
    static func svg(_ phenomena: [Phenomenon], _ name: String, _ pattern: String?, _ width: Int) -> String? {
        guard let phenomenon = phenomena.first(where: { $0.name == name }) else { return nil }
        let patterns = phenomenon.patterns.filter { pattern == nil || $0.name == pattern }
        guard !patterns.isEmpty else { return nil }
        let shown = Phenomenon(name: phenomenon.name, description: phenomenon.description, patterns: patterns)
        return SVGPicture([PhenomenonDiagram(shown)], width: width, isStyled: false).text
    }

    static func pattern(_ phenomena: [Phenomenon], _ name: PatternName) -> Pattern? {
        phenomena.first { $0.name == name.phenomenon }?.patterns.first { $0.name == name.pattern }
    }
}
