import ArgumentParser
import BoboEngine
import BoboGateway

/// Patterns tried with recorded events: what none of these shows to be of use.
struct PatternTryOut {
    private let preparation: EnginePreparation

    init(_ preparation: EnginePreparation) { self.preparation = preparation }

    /// Lines with the places of what is most likely not meant.
    ///
    /// - Throws: exit status 65 where the file cannot be read, 130 where it is ended before.
    func hints(events path: String) throws -> [String] {
        var options = preparation.options
        options.recordsChanges = true
        let engine = Engine(preparation.phenomena, paths: preparation.paths, options: options)
        let fields = try FieldCheck(preparation)
        let coverage = PatternCoverage(preparation.phenomena, nothing: "no event of \(path)")
        StopSignal.install()
        do {
            let replay = EventFileReplay(path: path, end: .all)
            try replay.run(
                try replay.open(), engine,
                message: { message in
                    if let message { message.payload.withUnsafeBytes { fields.see(topic: message.topic, $0) } }
                    coverage.note(engine.takeChanges())
                    for case .complexEvent(let event) in engine.takeOutputs() {
                        let topic = "\(options.prefix)/events/\(event.phenomenon)"
                        event.json.withUnsafeBytes { fields.see(topic: topic, $0) }
                    }
                })
        } catch is EventFileReplay.Stopped {
            throw ExitCode.interrupted
        } catch let error as EventFileError {
            say("\(error)")
            throw ExitCode.badInput
        }
        return fields.findings.map { "\($0.place): hint: \(harmless($0.text))" }
            + coverage.unreached.map { "\($0.place): hint: \($0.text)" }
    }
}
