private import Foundation
private import Yams

/// Reads YAML 1.2 documents strictly: one document a file, tags only of the core schema, no key twice, and bounds on size,
/// depth and what aliases expand to.
package enum YAMLDocument {
    /// Bytes of a file.
    package static let sizeLimit = 4 << 20
    /// Levels of mappings and lists within each other.
    package static let depthLimit = 100
    /// Nodes of a document with its aliases expanded.
    package static let nodeLimit = 500_000
    /// Bytes of the texts of a document with its aliases expanded.
    package static let expandedSizeLimit = 32 << 20

    /// - Returns: nil where the file is not read or its YAML is broken, which has then been reported. A tag or a depth that
    ///   is not allowed is reported as well, and stands in the tree as an invalid node.
    /// - Parameter isSecret: whether the file holds secrets, so that no message on its syntax shows what stands in it.
    package static func load(
        path: String, file: String? = nil, isSecret: Bool = false, problems: ProblemCollector
    ) -> YAMLNode? {
        let name = file ?? path
        do {
            let bytes = try FileText.read(path: path, limit: sizeLimit)
            return load(bytes: bytes, file: name, isSecret: isSecret, problems: problems)
        } catch {
            problems.error(.whole(name), error.description)
            return nil
        }
    }

    package static func load(
        bytes: [UInt8], file: String, isSecret: Bool = false, problems: ProblemCollector
    ) -> YAMLNode? {
        guard bytes.count <= sizeLimit else {
            problems.error(.whole(file), FileText.ReadError.tooLarge(limit: sizeLimit).description)
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = validPrefix(bytes)
            let source = YAMLSource(file: file, text: valid)
            problems.error(source.place(of: valid.endIndex), "not UTF-8 from here on")
            return nil
        }
        return load(text: text, file: file, isSecret: isSecret, problems: problems)
    }

    package static func load(
        text: String, file: String, isSecret: Bool = false, problems: ProblemCollector
    ) -> YAMLNode? {
        guard text.utf8.count <= sizeLimit else {
            problems.error(.whole(file), FileText.ReadError.tooLarge(limit: sizeLimit).description)
            return nil
        }
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        text.makeContiguousUTF8()
        let source = YAMLSource(file: file, text: text, isSecret: isSecret)
        guard checkCharacters(source, problems), checkAliasKeys(source, problems) else { return nil }
        do {
            // With the basic resolver Yams compares keys by their texts alone, which is what a key is here.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            guard let root = try parser.singleRoot() else { return emptyDocument(source) }
            var conversion = NodeConversion(source: source, problems: problems)
            return conversion.document(root)
        } catch let error as YamlError {
            problems.report(syntaxProblem(error, in: source))
        } catch {
            problems.error(.whole(file), "YAML can't be read: \(error)")
        }
        return nil
    }

    private static func emptyDocument(_ source: YAMLSource) -> YAMLNode {
        YAMLNode(
            content: .scalar(YAMLScalar(text: "", style: .plain, value: .null)),
            place: SourcePlace(file: source.file, line: 1, column: 1), source: source, start: source.text.startIndex,
            hasAnchor: false)
    }

    private static func validPrefix(_ bytes: [UInt8]) -> String {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var text = String.UnicodeScalarView()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { text.append(scalar) }
        return String(text)
    }

    /// The characters that YAML allows (1.2.2, section 5.1); libyaml refuses the others, too, but does not say where.
    private static func checkCharacters(_ source: YAMLSource, _ problems: ProblemCollector) -> Bool {
        for index in source.text.unicodeScalars.indices {
            switch source.text.unicodeScalars[index].value {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
                0x10000...0x10FFFF:
                continue
            case let value:
                let code = String(value, radix: 16, uppercase: true)
                let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
                problems.error(
                    source.place(of: index),
                    "found the character U+\(digits), which YAML allows only as an escape in quotes")
                return false
            }
        }
        return true
    }
}
