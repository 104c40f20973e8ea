import BoboTopics
import CEL

/// Makes complex events of completed runs.
final class Producer {
    /// A complex event that stems from so many others, each from the one before, is dropped.
    static let maximumDepth = 16

    private let options: EngineOptions
    private let scope: Scope
    /// By the patterns' places in the order of output.
    private var frames: [Int: ComplexEventFrame] = [:]
    private(set) var counters = ProductionCounters()

    init(options: EngineOptions, scope: Scope) {
        self.options = options
        self.scope = scope
    }

    /// Other patterns stand at the places now.
    func forgetFrames() { frames = [:] }

    /// nil where the event is dropped, since it stems from too many others.
    func complexEvent(_ completion: Completion, _ compiled: CompiledPattern) -> ComplexEvent? {
        var depth = 0
        var size = 0
        completion.history.forEach {
            depth = max(depth, $0.event.depth)
            size += $0.event.body.bytes.count + 192
        }
        guard depth < Producer.maximumDepth else {
            counters.tooDeep += 1
            return nil
        }
        let frame = frame(compiled)
        let emit = compiled.pattern.emit
        let identifier = compiled.identifier(key: completion.key, first: completion.history.first.event)
        prepare(completion, compiled)
        var json = JSONWriter(capacity: size + 512)
        let data = write(completion, compiled, identifier, frame, to: &json)
        counters.produced += 1
        return ComplexEvent(
            phenomenon: compiled.phenomenon.name, pattern: compiled.pattern.name, identifier: identifier,
            timestamp: completion.timestamp, topic: topic(emit) ?? frame.topic, qos: emit.qos,
            isRetained: emit.isRetained, isFromPeer: completion.isFromPeer, json: json.bytes, keyValue: completion.key,
            runHistory: completion.history, dataRange: data, depth: depth + 1)
    }

    private func frame(_ compiled: CompiledPattern) -> ComplexEventFrame {
        if let frame = frames[compiled.order] { return frame }
        let frame = ComplexEventFrame(compiled, options)
        frames[compiled.order] = frame
        return frame
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

    /// nil, and so the default topic, where there is no template, or it fails, or gives no topic.
    private func topic(_ emit: Emit) -> String? {
        guard let template = emit.topic else { return nil }
        if let text = try? template.fill(scope), let name = try? TopicName(text) { return name.text }
        counters.topicFailed += 1
        return nil
    }

    /// - Returns: where the data stands.
    private func write(
        _ completion: Completion, _ compiled: CompiledPattern, _ identifier: RunIdentifier, _ frame: ComplexEventFrame,
        to json: inout JSONWriter
    ) -> Range<Int> {
        json.raw(ComplexEventFrame.opening)
        json.write(identifier)
        json.append(frame.upToTime)
        json.write(time: completion.timestamp)
        json.append(frame.upToRun)
        json.write(identifier)
        json.raw(#","key":"#)
        json.write(completion.key)
        json.raw(#","data":"#)
        let start = json.bytes.count
        write(compiled.pattern.emit, to: &json)
        let data = start..<json.bytes.count
        json.raw(#","history":"#)
        write(completion.history, groups: compiled.pattern.groups, to: &json)
        json.raw("}}")
        return data
    }

    private func write(_ emit: Emit, to json: inout JSONWriter) {
        if let program = emit.data {
            if let value = try? program.evaluate(scope) {
                json.write(value)
                return
            }
            counters.dataFailed += 1
        }
        json.raw("null")
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
