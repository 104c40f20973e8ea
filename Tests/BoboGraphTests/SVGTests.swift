import Foundation
import FoundationXML
import Testing

@testable import BoboGraph

/// Reads XML, and fails where it is none.
private final class ReadXML: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String], text: String)] = []

    init(_ text: String) throws {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        struct NoXML: Error { let reason: String }
        guard parser.parse() else { throw NoXML(reason: "\(parser.parserError.map { "\($0)" } ?? "")") }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append((name, attributes, ""))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if !elements.isEmpty { elements[elements.count - 1].text += text }
    }

    var texts: [String] { elements.filter { $0.name == "text" }.map { $0.text.trimmingCharacters(in: .newlines) } }
}

/// Pictures of patterns in SVG.
@Suite struct SVGTests {
    private static let hostile = #"""
        phenomenon: fire
        description: "<script>alert(\"1\")</script> & 'quotes' \u0007\u202E"
        patterns:
          - name: '</text><script>alert(2)</script>'
            input: [home/#]
            blocks:
              - followed_by: 'payload.a == "<b>&amp;</b>" && payload.b == "\""'
                group: g
              - followed_by: "payload.c == '\u0001\u202E\t'"
                unless: ['payload.d == "]]>"']
        """#

    @Test("No text of a file can become markup, in any width", arguments: [280, 375, 960, 4000])
    func escaping(width: Int) throws {
        let picture = SVGPicture(try diagrams(Self.hostile), width: width).text
        let xml = try ReadXML(picture)
        #expect(
            Set(xml.elements.map(\.name)).isSubset(of: [
                "svg", "title", "style", "g", "rect", "path", "circle", "polygon", "text",
            ]))
        #expect(xml.texts.joined().contains("alert(\"1\")"))
        let controls = picture.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E }
        #expect(!controls)
        #expect(!picture.contains("http://") || picture.ranges(of: "http").count == 1)
    }

    @Test(
        "Nothing stands beyond the edges, however long a text or narrow the picture is",
        arguments: [280, 375, 700, 960])
    func edges(width: Int) throws {
        let long = String(repeating: "averylongnamewithoutend", count: 20)
        let yaml = """
            phenomenon: \(long.prefix(150))
            description: \(long) \(long)
            patterns:
              - name: \(long.prefix(150))
                input: [home/\(long)]
                key: payload.\(long)
                blocks:
                  - followed_by: {on: home/\(long), where: payload.\(long) == "\(long) \(long)"}
                    group: \(long.prefix(150))
                    times: 3
                  - followed_by: payload.x == 1
                    loop: true
                  - followed_by: payload.y == 1
                    optional: true
                  - followed_by: payload.z == 1
            """
        let xml = try ReadXML(SVGPicture(try diagrams(yaml), width: width).text)
        let size = try #require(xml.elements.first { $0.name == "svg" }?.attributes["width"].flatMap { Int($0) })
        #expect(size <= width)
        for element in xml.elements where element.name == "rect" {
            let right = [element.attributes["x"], element.attributes["width"]].compactMap { $0.flatMap { Int($0) } }
            #expect(right.reduce(0, +) <= size, "\(element)")
        }
        for element in xml.elements where element.name == "text" && element.attributes["text-anchor"] == nil {
            let start = element.attributes["x"].flatMap { Int($0) } ?? 0
            #expect(start + element.text.count * 6 <= size, "\(element)")
        }
    }

    @Test("A narrow picture has its blocks one below the other, a wide one in rows")
    func rows() throws {
        let yaml = """
            phenomenon: p
            patterns:
              - name: q
                input: [home/#]
                blocks: [{followed_by: payload.a == 1}, {followed_by: payload.b == 1}, {followed_by: payload.c == 1}]
            """
        func places(_ width: Int) throws -> Set<String> {
            let xml = try ReadXML(SVGPicture(try diagrams(yaml), width: width).text)
            return Set(xml.elements.filter { $0.attributes["class"] == "card" }.compactMap { $0.attributes["y"] })
        }
        #expect(try places(375).count == 3)
        #expect(try places(720).count == 2)
        #expect(try places(960).count == 1)
    }

    @Test("It is light, and dark for who prefers it; a program finds the blocks by number")
    func colours() throws {
        let picture = SVGPicture(try diagrams(Self.hostile)).text
        #expect(picture.contains("@media (prefers-color-scheme:dark)"))
        let blocks = try ReadXML(picture).elements.compactMap { $0.attributes["data-blocks"] }
        #expect(blocks == ["0-0", "1-1"])
    }

    @Test("What is known of the runs stands at their blocks")
    func notes() throws {
        var notes = BlockNotes()
        notes.set("begun by 7 runs", at: 0, of: "fire", "</text><script>alert(2)</script>")
        notes.set("3 complete", at: 2, of: "fire", "</text><script>alert(2)</script>")
        let texts = try ReadXML(SVGPicture(try diagrams(Self.hostile), notes: notes).text).texts
        #expect(texts.contains("begun by 7 runs"))
        #expect(texts.contains("3 complete"))
    }

    @Test("Texts wrap at spaces, long words behind their slashes, and end with a mark where there is too much")
    func wrapping() {
        #expect(TextWrapping.lines("a bb ccc dddd", columns: 6, maximumLines: 9) == ["a bb", "ccc", "dddd"])
        #expect(TextWrapping.lines("home/kitchen/lamp", columns: 9, maximumLines: 9) == ["home/", "kitchen/", "lamp"])
        #expect(TextWrapping.lines("abcdefghij", columns: 4, maximumLines: 9) == ["abcd", "efgh", "ij"])
        #expect(TextWrapping.lines("a a a a a a", columns: 4, maximumLines: 2) == ["a a", "a a…"])
        #expect(TextWrapping.lines("日本語です", columns: 4, maximumLines: 9) == ["日本", "語で", "す"])
        #expect(TextWrapping.lines("", columns: 4, maximumLines: 2) == [])
    }
}
