import BoboEngine
import BoboTopics
import CEL

/// The version of a pattern whose conditions are closures: a hash of what can be seen of it, and of what its author calls
/// it.
enum PatternVersion {
    static func hash(_ pattern: Pattern, version: String) -> Hash128 {
        var hash = Hash128()
        hash.combine("swift")
        hash.combine(version)
        hash.combine(pattern.name)
        combine((pattern.input ?? []).map(\.on.text), &hash)
        hash.combine(pattern.key?.source ?? "")
        hash.combine("\(pattern.within ?? -1) \(pattern.isSingleton) \(pattern.maximumRuns) \(pattern.maximumHistory)")
        hash.combine("\(pattern.afterMatch.rawValue) \(pattern.rest?.milliseconds ?? -1) \(pattern.emit.data != nil)")
        combine(pattern.state.map(\.on.text), &hash)
        hash.combine("\(pattern.recent.map { "\($0)" } ?? "") \(pattern.emit.qos) \(pattern.emit.isRetained)")
        hash.combine("\(pattern.emit.topic != nil) \(pattern.actions.map(PatternVersion.kind))")
        combine(pattern.rest?.until.map { [$0] } ?? [], &hash)
        combine(pattern.preconditions, &hash)
        combine(pattern.haltconditions, &hash)
        for block in pattern.blocks {
            hash.combine("\(block.role) \(block.group) \(block.restarts) \(block.onlyIf != nil)")
            combine(block.predicates, &hash)
            combine(block.unless, &hash)
            combine(block.until.map { [$0] } ?? [], &hash)
        }
        return hash
    }

    private static func kind(_ action: Action) -> String {
        switch action {
        case .publish(_, _, let qos, let isRetained): "publish \(qos) \(isRetained)"
        case .log(_, let level): "log \(level)"
        // None is made in Swift, where a closure does as much.
        case .http, .exec, .sequence: "other"
        }
    }

    private static func combine(_ texts: [String], _ hash: inout Hash128) {
        hash.combine("\(texts.count)")
        for text in texts { hash.combine(text) }
    }

    /// Without their places: a line that moves in its file changes nothing.
    private static func combine(_ predicates: [Predicate], _ hash: inout Hash128) {
        hash.combine("\(predicates.count)")
        for predicate in predicates {
            combine(predicate.on.map(\.text), &hash)
            hash.combine("\(predicate.expression != nil) \(predicate.group ?? "")")
        }
    }
}
