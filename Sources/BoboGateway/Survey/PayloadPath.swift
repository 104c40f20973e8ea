/// A place in a payload, as expressions name it.
package struct PayloadPath: Hashable, Sendable {
    package let names: [String]

    package init(_ names: [String] = []) { self.names = names }

    /// `payload.door.contact`; a name that is no identifier, or means something in CEL, stands in brackets.
    package var expression: String {
        names.reduce("payload") { text, name in
            PayloadPath.isSelector(name) ? "\(text).\(name)" : "\(text)[\(PayloadPath.literal(name))]"
        }
    }

    /// A text of CEL, in double quotes; what is not to be seen is escaped, so that it can stand in a line of a file.
    package static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isPlain(scalar): result.unicodeScalars.append(scalar)
            default:
                let code = String(scalar.value, radix: 16)
                result += "\\U" + String(repeating: "0", count: 8 - code.count) + code
            }
        }
        return result + "\""
    }

    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }

    private static func isSelector(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        } && !keywords.contains(name)
    }

    private static let keywords: Set<String> = ["true", "false", "null", "in"]
}
