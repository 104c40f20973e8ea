import Foundation
import Testing

/// The schemas for editors say the same as the loaders, as far as a schema can say it.
@Suite(.waiting) struct SchemaTests {
    private static func read(_ name: String) throws -> String {
        try String(contentsOfFile: Document.project + "/" + name, encoding: .utf8)
    }

    private static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Document.project + "/" + folder)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }.sorted().map { "\(folder)/\($0)" }
    }

    private static let samplePatterns = ["patterns", "patterns/cookbook"].flatMap { (try? names(in: $0)) ?? [] }

    @Test("The schema that is printed is the repository's", arguments: ["pattern", "configuration"])
    func printed(kind: String) throws {
        let result = try BoboProcess.run(["schema", kind], in: TestFolder())
        #expect(result.status == 0)
        #expect(try result.output == Self.read("docs/schema/\(kind).json"))
    }

    @Test(
        "Each sample file names its schema, which is there",
        arguments: samplePatterns + ["patterns/recordings/sample.yaml"])
    func modeline(name: String) throws {
        let line = try #require(try Self.read(name).split(separator: "\n").first)
        let match = try #require(line.wholeMatch(of: #/# yaml-language-server: \$schema=(.+\.json)/#))
        let folder = ("\(Document.project)/\(name)" as NSString).deletingLastPathComponent
        let isPattern = !name.hasSuffix("sample.yaml")
        #expect(match.output.1.hasSuffix(isPattern ? "docs/schema/pattern.json" : "docs/schema/configuration.json"))
        #expect(FileManager.default.fileExists(atPath: "\(folder)/\(match.output.1)"))
    }

    @Test("What is sound is valid: the samples, the documentation's blocks, files with every key")
    func sound() throws {
        var files = try (Self.samplePatterns + Self.names(in: "Tests/Differential/office")).map { name in
            SchemaTrial.File(kind: "pattern", name: name, text: try Self.read(name))
        }
        let sample = "patterns/recordings/sample.yaml"
        files.append(SchemaTrial.File(kind: "configuration", name: sample, text: try Self.read(sample)))
        for name in Document.names {
            for block in try Document(name).blocks where block.language == "yaml" && !block.isTest {
                let isPattern = block.lines.contains { $0.hasPrefix("phenomenon:") }
                files.append(
                    SchemaTrial.File(
                        kind: isPattern ? "pattern" : "configuration", name: "\(name):\(block.line)", text: block.text))
            }
        }
        files += SchemaSamples.sound
        // The cookbook, and one document or another, has phenomena of the samples' names.
        let together = Dictionary(grouping: files) { file in
            file.name.hasPrefix("patterns/cookbook/")
                ? "cookbook" : Document.names.first { file.name.hasPrefix("\($0):") } ?? "samples"
        }
        for some in together.values {
            for (file, errors) in zip(some, try SchemaTrial.loader(some)) where file.name != sample {
                #expect(errors == [], "\(file.name)")
            }
        }
        for (file, errors) in zip(files, try SchemaTrial.schema(files)) { #expect(errors == [], "\(file.name)") }
    }

    @Test("What the loader refuses for its structure is invalid, too")
    func wrong() throws {
        let files = SchemaSamples.wrong
        for (file, errors) in zip(files, try SchemaTrial.loader(files)) {
            #expect(errors != [], "the loader takes \(file.name)")
        }
        for (file, errors) in zip(files, try SchemaTrial.schema(files)) {
            #expect(errors != [], "the schema takes \(file.name)")
        }
    }

    @Test("The keys of the schema are those that the loader knows, place by place and both ways")
    func keys() throws {
        for kind in ["pattern", "configuration"] {
            let places = SchemaPlace.all.filter { $0.kind == kind }
            let schema = try #require(
                try JSONSerialization.jsonObject(with: Data(Self.read("docs/schema/\(kind).json").utf8))
                    as? [String: Any])
            let probes = places.flatMap { place in place.templates.map { (place, $0) } }
            let answers = try SchemaTrial.loader(probes.map { $0.0.file(of: $0.1, key: SchemaPlace.unknown) })
            var known: [String: Set<String>] = [:]
            for ((place, template), errors) in zip(probes, answers) {
                let found = errors.compactMap(SchemaPlace.knownKeys).first
                #expect(found != nil, "\(place.name): \(template): \(errors)")
                if let found { known[place.name, default: []].formUnion(found) }
            }
            for place in places {
                guard let known = known[place.name] else { continue }
                let definition = place.name.isEmpty ? schema : (schema["$defs"] as? [String: Any])?[place.name]
                let properties = (definition as? [String: Any])?["properties"] as? [String: Any]
                let described = Set(try #require(properties, "\(kind) \(place.name)").keys)
                #expect(
                    known.subtracting(described) == [], "\(kind) \(place.name): the schema lacks keys of the loader")
                #expect(
                    described.subtracting(known) == [], "\(kind) \(place.name): the loader lacks keys of the schema")
            }
        }
    }
}
