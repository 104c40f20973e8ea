import BoboTopics
import CEL

/// Makes complex events of completed runs.
final class Producer {
    /// A complex event that stems from so many others, each from the one before, is dropped.
    static let maximumDepth = 16

    private let scope: Scope
    @exclusivity(unchecked) private(set) var counters = ProductionCounters()

    init(scope: Scope) { self.scope = scope }

    /// nil where the event is dropped, since it stems from too many others.
    @inline(__always)
    func complexEvent(_ completion: consuming Completion, _ compiled: CompiledPattern) -> ComplexEvent? {
        guard completion.depth < Producer.maximumDepth else {
            counters.tooDeep += 1
            return nil
        }
        counters.produced += 1
        if completion.group.count > 1, completion.group.text == nil {
            completion.group.text = CompletionGroupText(completion.group)
        }
        let emitted = compiled.isPlain ? nil : emitted(completion, compiled)
        return ComplexEvent(completion: completion, emitted: emitted)
    }

    /// What the pattern's expressions give. The scope is set up as `emit` and `actions` see it: the event is the last accepted
    /// one.
    private func emitted(_ completion: borrowing Completion, _ compiled: CompiledPattern) -> ComplexEvent.Emitted? {
        let emit = compiled.pattern.emit
        let history = completion.history
        scope.event = history.last
        scope.key = completion.group.key
        scope.now = completion.group.timestamp
        scope.view = history.view(groupCount: compiled.pattern.groups.count)
        guard emit.data != nil || emit.topic != nil else { return nil }
        let data = data(emit)
        return ComplexEvent.Emitted(data: data, topic: topic(emit))
    }

    /// nil, and so the default topic, where there is no template, or it fails, or gives no topic.
    private func topic(_ emit: Emit) -> String? {
        guard let template = emit.topic else { return nil }
        if let text = try? template.fill(scope), let name = try? TopicName(text) { return name.text }
        counters.topicFailed += 1
        return nil
    }

    /// As JSON.
    private func data(_ emit: Emit) -> [UInt8] {
        var json = JSONWriter()
        guard let program = emit.data else {
            json.raw("null")
            return json.bytes
        }
        if let value = try? program.evaluate(scope) {
            json.write(value)
        } else {
            counters.dataFailed += 1
            json.raw("null")
        }
        return json.bytes
    }
}

/// What became of completed runs.
public struct ProductionCounters: Sendable, Equatable {
    public var produced = 0
    /// Stems from too many complex events; dropped.
    public var tooDeep = 0
    /// `emit`'s data failed; it went out as null.
    public var dataFailed = 0
    /// `emit`'s topic failed, or was none; the default topic was taken.
    public var topicFailed = 0
}
