import DequeModule

/// What completed runs come to, and what of that comes back as events.
extension Engine {
    enum Feedback {
        case complex(ComplexEvent)
        case action(ActionRequest, json: [UInt8], timestamp: Int64)
    }

    @inline(__always)
    func produce() { if !decider.state.effects.completions.isEmpty { produceAll() } }

    private func produceAll() {
        // Of one pattern mostly.
        var compiled = decider.matchers[0].compiled
        var isFedBack = feedsBack(compiled)
        // Nothing completes while what has is produced.
        decider.drainCompletions { completion in
            if completion.group.pattern != compiled.order {
                compiled = completion.group.unheldCompiled.takeUnretainedValue()
                isFedBack = feedsBack(compiled)
            }
            let now = scope.now
            guard let event = producer.complexEvent(completion, compiled) else { return }
            // Moved on, so that no reference to it is counted.
            guard !compiled.isPlain || isFedBack else { return outputs.append(.complexEvent(event)) }
            outputs.append(.complexEvent(event))
            if !compiled.pattern.actions.isEmpty {
                for request in forwarder.requests(event, compiled.pattern.actions) { outputs.append(.action(request)) }
            }
            scope.now = now
            if isFedBack { feedback.append(.complex(event)) }
        }
    }

    /// Whether some pattern cares for its complex events.
    private func feedsBack(_ compiled: CompiledPattern) -> Bool {
        if let known = feedingBack[compiled.order] { return known }
        let answer = routes.route(feedbackTopic(compiled.phenomenon.name))?.isEmpty == false
        feedingBack[compiled.order] = answer
        return answer
    }

    @inline(__always)
    func drainFeedback() { if !feedback.isEmpty { drainAll() } }

    private func drainAll() {
        while let next = feedback.popFirst() {
            switch next {
            case .complex(let complex):
                guard let route = routes.route(feedbackTopic(complex.phenomenon)) else { continue }
                let event = receiver.event(
                    .complex, json: complex.json, .hashed(complex.identifier), timestamp: complex.timestamp,
                    depth: complex.depth, route)
                decider.take(event, route)
            case .action(let request, let json, let timestamp):
                guard let route = routes.route(forwarder.topic(request)), !route.isEmpty else { continue }
                let event = receiver.event(
                    .action, json: json, .hashed(forwarder.identifier(request)), timestamp: timestamp,
                    depth: request.depth, route)
                decider.take(event, route)
            }
            produce()
        }
    }

    private func feedbackTopic(_ phenomenon: String) -> String { "\(options.prefix)/events/\(phenomenon)" }
}
