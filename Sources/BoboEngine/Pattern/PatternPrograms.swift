package import CEL

extension Pattern {
    /// All that are asked of events.
    package var eventPredicates: [Predicate] {
        preconditions + haltconditions + blocks.flatMap(\.eventPredicates) + [rest?.until].compactMap(\.self)
    }

    /// All expressions of the pattern.
    package var programs: [Program] {
        let predicates = eventPredicates + blocks.compactMap(\.onlyIf)
        return predicates.compactMap(\.expression) + ((input ?? []) + state).compactMap(\.expression)
            + [key, emit.data].compactMap(\.self) + (emit.topic?.programs ?? []) + actions.flatMap(\.programs)
    }
}

extension Action {
    fileprivate var programs: [Program] {
        switch self {
        case .publish(let topic, let payload, _, _): topic.programs + payload.programs
        case .http(let http):
            http.url.programs + http.headers.flatMap(\.value.programs) + (http.body?.programs ?? [])
        case .exec(let exec):
            (exec.arguments + exec.environment.map(\.value)).flatMap(\.programs) + (exec.input?.programs ?? [])
        case .log(let message, _): message.programs
        case .sequence(let actions, _): actions.flatMap(\.programs)
        }
    }
}

extension Template {
    fileprivate var programs: [Program] {
        parts.compactMap { if case .expression(let program) = $0 { program } else { nil } }
    }
}

extension PayloadTemplate {
    fileprivate var programs: [Program] {
        switch self {
        case .text(let template): template.programs
        case .document(let document): document.programs
        }
    }
}

extension PayloadTemplate.Document {
    fileprivate var programs: [Program] {
        switch self {
        case .literal: []
        case .text(let template): template.programs
        case .list(let elements): elements.flatMap(\.programs)
        case .map(let pairs): pairs.flatMap { $0.1.programs }
        }
    }
}
