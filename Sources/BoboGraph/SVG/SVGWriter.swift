/// Writes elements of SVG; whatever text comes in cannot be taken for markup.
struct SVGWriter {
    private(set) var text = ""

    mutating func raw(_ markup: String) { text += markup }

    mutating func line(_ markup: String) {
        text += markup
        text += "\n"
    }

    /// A line of text with its left end, its centre or its right end at `x`.
    mutating func text(_ content: String, x: Int, y: Int, _ style: String, anchor: Anchor = .start) {
        let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        line("<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\"\(anchor)>\(SVGWriter.escaped(content))</text>")
    }

    enum Anchor: String { case start, middle, end }

    /// As the content of an element or of an attribute; what XML cannot hold is replaced.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                switch scalar.properties.generalCategory {
                case _ where scalar == "\n" || scalar == "\t": result.append(" ")
                // Such as the marks that turn the direction of writing.
                case .control, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
                case .format where scalar.value != 0x200D: result.append("\u{FFFD}")
                default: result.append(isAllowed ? scalar : "\u{FFFD}")
                }
            }
        }
        return String(result)
    }
}
