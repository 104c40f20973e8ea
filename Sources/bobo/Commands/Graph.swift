import ArgumentParser
import BoboEngine
import BoboGateway
import BoboGraph
import Foundation

struct Graph: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draws patterns as their blocks: SVG, Mermaid or DOT.",
        discussion: """
            The picture in SVG has light and dark colours, and is shown by any browser. Mermaid is drawn by many sites
            within Markdown, DOT by Graphviz. With several phenomena and a folder for --output, each is a file there.

            With --runs, recorded events go through the patterns, and each block says how many runs have reached it and
            how many wait there still: so one sees where a pattern never gets further.

              bobo graph patterns/fire.yaml --output fire.svg
              bobo graph --format mermaid patterns/fire.yaml
              bobo graph --runs patterns/recordings/fire.quiet.jsonl patterns/fire.yaml --output quiet.svg
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case svg, mermaid, dot

        var suffix: String {
            switch self {
            case .svg: "svg"
            case .mermaid: "mmd"
            case .dot: "dot"
            }
        }
    }

    @Argument(
        help: ArgumentHelp("A pattern file, or a folder of them.", valueName: "path"),
        completion: .patterns)
    var path: String

    @Option(help: ArgumentHelp("What the picture is written in.", valueName: "format"))
    var format = Format.svg

    @Option(
        help: ArgumentHelp(
            "Where the picture goes; - for standard output; a folder for a file each phenomenon.", valueName: "path"),
        completion: .file())
    var output = "-"

    @Option(
        help: ArgumentHelp(
            "Pixels that an SVG may be wide; below 640 the blocks stand one below the other.", valueName: "pixels"))
    var width = 960

    @Option(
        help: ArgumentHelp("An event file whose runs are counted block by block.", valueName: "file"),
        completion: .events)
    var runs: String?

    @OptionGroup var configurationOptions: ConfigurationOptions

    func validate() throws {
        guard SVGPicture.widths.contains(width) else {
            throw ValidationError(
                "--width is \(SVGPicture.widths.lowerBound) to \(SVGPicture.widths.upperBound) pixels.")
        }
    }

    func run() throws {
        let preparation = try PatternInput.prepare(
            configurationOptions.forRecordedEvents(), [path], unnamed: .seeAll)
        guard !preparation.phenomena.isEmpty else {
            say("\(path): there is no pattern file")
            throw ExitCode.badInput
        }
        var notes = BlockNotes()
        if let runs { notes = try RunCount(preparation).notes(events: runs) }
        let diagrams = preparation.phenomena.map(PhenomenonDiagram.init)
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
        guard output.hasSuffix("/") || exists && isFolder.boolValue else {
            return try write(picture(diagrams, notes), to: output)
        }
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            say("\(output) cannot be made: \(error.localizedDescription)")
            throw ExitCode.badInput
        }
        for diagram in diagrams {
            let file = "\(output.hasSuffix("/") ? output : output + "/")\(diagram.name).\(format.suffix)"
            try write(picture([diagram], notes), to: file)
            say("written: \(file)")
        }
    }

    private func picture(_ diagrams: [PhenomenonDiagram], _ notes: BlockNotes) -> String {
        switch format {
        case .svg: SVGPicture(diagrams, width: width, notes: notes).text
        case .mermaid: MermaidText.text(diagrams, notes: notes)
        case .dot: DOTText.text(diagrams, notes: notes)
        }
    }

    private func write(_ text: String, to path: String) throws {
        do {
            let writer = try LineWriter(path: path)
            try writer.write(line: text.hasSuffix("\n") ? String(text.dropLast()) : text)
            try writer.flush()
        } catch let failure as LineWriter.Failure {
            guard !failure.isBrokenPipe else { return }
            say("\(failure)")
            throw ExitCode.badInput
        }
    }
}
