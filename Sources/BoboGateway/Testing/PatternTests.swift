import BoboEngine
package import BoboYAML
import Foundation

/// The pattern tests at some paths, ready to run.
package struct PatternTests {
    package struct Suite {
        package let file: PatternTestFile
        let preparation: EnginePreparation

        package func run(_ test: PatternTest, coverage: PatternCoverage? = nil) -> PatternTestOutcome {
            PatternTestRun(preparation, recordsChanges: coverage != nil).run(test, coverage: coverage)
        }
    }

    package private(set) var suites: [Suite] = []
    /// The patterns of the tests and of the folders that were named.
    private var preparations: [[String]: (preparation: EnginePreparation, isSound: Bool)] = [:]
    private let configuration: Configuration
    private let problems: ProblemCollector

    /// - Parameters:
    ///   - paths: files of tests, and folders of them.
    ///   - coversFolders: whether patterns of the folders count that no test names.
    ///   - problems: takes all that is wrong with tests and patterns; with errors among it the tests cannot be run.
    package init(
        _ configuration: Configuration, paths: [String], coversFolders: Bool = false, problems: ProblemCollector
    ) {
        self.configuration = configuration
        self.problems = problems
        for path in paths {
            let (files, isFolder) = testFiles(path)
            for path in files {
                let reader = PatternTestReader(path: path, problems: problems, prefix: configuration.prefix)
                guard let file = reader.file(), !file.patterns.isEmpty else { continue }
                let (preparation, isSound) = preparation(file.patterns)
                if isSound { checkNames(file, preparation) }
                suites.append(Suite(file: file, preparation: preparation))
            }
            if isFolder && coversFolders { _ = preparation([path]) }
        }
    }

    /// To be told what the runs of the tests do.
    package func coverage() -> PatternCoverage { PatternCoverage(preparations.values.flatMap(\.preparation.phenomena)) }

    private mutating func preparation(_ patterns: [String]) -> (preparation: EnginePreparation, isSound: Bool) {
        if let known = preparations[patterns] { return known }
        let found = ProblemCollector()
        let made = EnginePreparation(configuration, patterns: patterns, unnamed: .seeAll, problems: found)
        for problem in found.problems { problems.report(problem) }
        preparations[patterns] = (made, !found.hasErrors)
        return (made, !found.hasErrors)
    }

    private func testFiles(_ path: String) -> (files: [String], isFolder: Bool) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            problems.error(.whole(path), "there is no such file or folder")
            return ([], false)
        }
        guard isFolder.boolValue else {
            guard PatternTestFile.suffixes.contains(where: path.hasSuffix) else {
                problems.error(.whole(path), "is no file of tests, whose names end in .test.yaml")
                return ([], false)
            }
            return ([path], false)
        }
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
                !name.hasPrefix(".") && PatternTestFile.suffixes.contains(where: name.hasSuffix)
            }
            if names.isEmpty { problems.error(.whole(path), "found no file of tests (*.test.yaml) in the folder") }
            return (names.sorted().map { joinedPath(path, $0) }, true)
        } catch {
            problems.error(.whole(path), "the folder cannot be read: \(error.localizedDescription)")
            return ([], true)
        }
    }

    /// An event is not waited for whose phenomenon or pattern there is none of.
    private func checkNames(_ file: PatternTestFile, _ preparation: EnginePreparation) {
        for expectation in file.tests.flatMap(\.expectations) {
            let phenomena = preparation.phenomena.filter {
                expectation.phenomenon == nil || $0.name == expectation.phenomenon
            }
            if let name = expectation.phenomenon, phenomena.isEmpty {
                report(name, "phenomenon", among: preparation.phenomena.map(\.name), at: expectation.place)
            } else if let name = expectation.pattern {
                let names = phenomena.flatMap(\.patterns).map(\.name)
                if !names.contains(name) { report(name, "pattern", among: names, at: expectation.place) }
            }
        }
    }

    private func report(_ name: String, _ kind: String, among names: [String], at place: SourcePlace) {
        let nearest = nearestName(to: name, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
        problems.error(place, "there is no \(kind) \"\(shortenedForMessage(name))\" among the patterns\(nearest)")
    }
}
