import BoboTopics
import CEL

/// Makes complex events of completed runs.
final class Producer {
    /// A complex event that stems from so many others, each from the one before, is dropped.
    static let maximumDepth = 16

    private let options: EngineOptions
    private let scope: Scope
    private(set) var counters = ProductionCounters()

    init(options: EngineOptions, scope: Scope) {
        self.options = options
        self.scope = scope
    }

    /// nil where the event is dropped, since it stems from too many others.
    func complexEvent(_ completion: Completion, _ compiled: CompiledPattern) -> ComplexEvent? {
        var depth = 0
        var events: [Event] = []
        events.reserveCapacity(completion.history.count)
        completion.history.forEach {
            depth = max(depth, $0.event.depth)
            events.append($0.event)
        }
        guard depth < Producer.maximumDepth else {
            counters.tooDeep += 1
            return nil
        }
        let phenomenon = compiled.phenomenon.name
        let emit = compiled.pattern.emit
        let first = completion.history.first.event
        let identifier = compiled.identifier(key: completion.key, first: first)
        prepare(completion, compiled)
        var key = JSONWriter()
        key.write(completion.key)
        let data = data(emit)
        let json = json(completion, compiled, identifier: identifier, key: key.bytes, data: data)
        counters.produced += 1
        return ComplexEvent(
            phenomenon: phenomenon, pattern: compiled.pattern.name, identifier: identifier, key: key.text,
            data: String(decoding: data, as: UTF8.self), history: events, timestamp: completion.timestamp,
            topic: topic(emit, phenomenon), qos: emit.qos, isRetained: emit.isRetained, json: json, depth: depth + 1)
    }

    /// Sets the scope up as `emit` and `actions` see it: the event is the last accepted one.
    private func prepare(_ completion: Completion, _ compiled: CompiledPattern) {
        let emit = compiled.pattern.emit
        guard emit.data != nil || emit.topic != nil || !compiled.pattern.actions.isEmpty else { return }
        scope.event = completion.history.last
        scope.key = completion.key
        scope.now = completion.timestamp
        scope.view = completion.history.view(groupCount: compiled.pattern.groups.count)
    }

    private func data(_ emit: Emit) -> [UInt8] {
        var json = JSONWriter()
        if let program = emit.data {
            do {
                json.write(try program.evaluate(scope))
                return json.bytes
            } catch {
                counters.dataFailed += 1
            }
        }
        json.raw("null")
        return json.bytes
    }

    /// The default topic where the template fails, or gives no topic.
    private func topic(_ emit: Emit, _ phenomenon: String) -> String {
        if let template = emit.topic {
            if let text = try? template.fill(scope), let name = try? TopicName(text) { return name.text }
            counters.topicFailed += 1
        }
        return "\(options.prefix)/events/\(phenomenon)"
    }

    private func json(
        _ completion: Completion, _ compiled: CompiledPattern, identifier: RunIdentifier, key: [UInt8], data: [UInt8]
    ) -> [UInt8] {
        let phenomenon = compiled.phenomenon.name
        var json = JSONWriter(capacity: 512)
        json.raw("{\"specversion\":\"1.0\",\"id\":")
        json.write(identifier)
        json.raw(",\"source\":\"bobo\",\"gateway\":")
        json.write(options.gateway)
        json.raw(",\"type\":\"bobo.complex.")
        json.raw(phenomenon)
        json.raw("\",\"subject\":")
        json.write(compiled.pattern.name)
        json.raw(",\"time\":")
        json.write(time: completion.timestamp)
        json.raw(",\"datacontenttype\":\"application/json\",\"data\":{\"phenomenon\":\"")
        json.raw(phenomenon)
        json.raw("\",\"pattern\":")
        json.write(compiled.pattern.name)
        json.raw(",\"run\":")
        json.write(identifier)
        json.raw(",\"key\":")
        json.append(key)
        json.raw(",\"data\":")
        json.append(data)
        json.raw(",\"history\":")
        write(completion.history, groups: compiled.pattern.groups, to: &json)
        json.raw("}}")
        return json.bytes
    }

    /// By group, in the order of the pattern's blocks; events without a group stand under `""`.
    private func write(_ history: RunHistory, groups: [String], to json: inout JSONWriter) {
        var isFirstGroup = true
        json.raw("{")
        for group in -1..<Int32(groups.count) {
            var isFirst = true
            history.forEach { accepted in
                guard accepted.group == group else { return }
                if isFirst {
                    if !isFirstGroup { json.raw(",") }
                    json.write(group < 0 ? "" : groups[Int(group)])
                    json.raw(":[")
                } else {
                    json.raw(",")
                }
                json.write(accepted.event)
                isFirst = false
            }
            if !isFirst {
                json.raw("]")
                isFirstGroup = false
            }
        }
        json.raw("}")
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
