import BoboTopics
import CEL

/// Makes complex events of completed runs.
final class Producer {
    /// A complex event that stems from so many others, each from the one before, is dropped.
    static let maximumDepth = 16

    private let options: EngineOptions
    private let scope: Scope
    /// By the patterns' places in the order of output.
    @exclusivity(unchecked) private var frames: ContiguousArray<ComplexEventFrame?> = []
    /// What is being written.
    @exclusivity(unchecked) private var buffer = ByteBuffer(capacity: 4096)
    @exclusivity(unchecked) private(set) var counters = ProductionCounters()

    init(options: EngineOptions, scope: Scope) {
        self.options = options
        self.scope = scope
    }

    /// Other patterns stand at the places now.
    func forgetFrames() { frames = [] }

    /// nil where the event is dropped, since it stems from too many others.
    func complexEvent(_ completion: Completion, _ compiled: CompiledPattern) -> ComplexEvent? {
        var depth = 0
        completion.history.forEach { depth = max(depth, $0.event.depth) }
        guard depth < Producer.maximumDepth else {
            counters.tooDeep += 1
            return nil
        }
        let frame = frame(compiled)
        let emit = compiled.pattern.emit
        let identifier = compiled.identifier(
            keyHash: completion.keyHash, first: completion.history.first.event, &buffer)
        prepare(completion, compiled)
        buffer.removeAll()
        let data = write(completion, compiled, identifier, frame, to: &buffer)
        counters.produced += 1
        return ComplexEvent(
            ComplexEvent.Content(
                phenomenon: compiled.phenomenon.name, pattern: compiled.pattern.name, identifier: identifier,
                timestamp: completion.timestamp, topic: topic(emit) ?? frame.topic, qos: emit.qos,
                isRetained: emit.isRetained, isFromPeer: completion.isFromPeer, json: buffer.array,
                keyValue: completion.key, runHistory: completion.history, dataRange: data, depth: depth + 1))
    }

    private func frame(_ compiled: CompiledPattern) -> ComplexEventFrame {
        let place = compiled.order
        if place < frames.count, let frame = frames[place] { return frame }
        let frame = ComplexEventFrame(compiled, options)
        while frames.count <= place { frames.append(nil) }
        frames[place] = frame
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
        to json: inout ByteBuffer
    ) -> Range<Int> {
        json.append(ComplexEventFrame.opening)
        json.append(hexadecimal: identifier.value)
        json.append(frame.upToTime)
        json.append(time: completion.timestamp)
        json.append(frame.upToRun)
        json.append(hexadecimal: identifier.value)
        json.append(#"","key":"#)
        write(completion.key, to: &json)
        json.append(#","data":"#)
        let start = json.count
        write(compiled.pattern.emit, to: &json)
        let data = start..<json.count
        json.append(#","history":{"#)
        write(completion.history, frame, to: &json)
        json.append("}}}")
        return data
    }

    private func write(_ emit: Emit, to json: inout ByteBuffer) {
        if let program = emit.data {
            if let value = try? program.evaluate(scope) {
                write(value, to: &json)
                return
            }
            counters.dataFailed += 1
        }
        json.append("null")
    }

    private func write(_ value: Value, to json: inout ByteBuffer) {
        if case .null = value { return json.append("null") }
        var writer = JSONWriter()
        writer.write(value)
        json.append(writer.bytes)
    }

    /// By group, in the order of the pattern's blocks; events without a group stand under `""`.
    private func write(_ history: RunHistory, _ frame: ComplexEventFrame, to json: inout ByteBuffer) {
        var isFirstGroup = true
        for (place, opening) in frame.groups.enumerated() {
            var isFirst = true
            history.forEach { accepted in
                guard accepted.group == Int32(place) - 1 else { return }
                if !isFirst || !isFirstGroup { json.append(UInt8(ascii: ",")) }
                if isFirst { json.append(opening) }
                json.append(accepted.event)
                isFirst = false
                isFirstGroup = false
            }
            if !isFirst { json.append(UInt8(ascii: "]")) }
        }
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
