import CEL

extension ByteBuffer {
    /// As a JSON object in one line.
    mutating func append(_ event: ComplexEvent) {
        let completion = event.completion
        let group = completion.group
        let identifier = group.keyHash.run(of: completion.first.event, &self)
        append(#"{"specversion":"1.0","id":""#)
        let place = count
        append(hexadecimal: identifier.value)
        if let text = group.text { append(text.upToRun) } else { appendUpToRun(group) }
        appendAgain(place..<(place + 32))
        if let text = group.text { append(text.key) } else { appendKey(group) }
        if let emitted = event.emitted { append(emitted.data) } else { append("null") }
        append(#","history":{"#)
        appendHistory(completion)
        append("}}}")
    }

    /// From behind the identifier up to the run.
    mutating func appendUpToRun(_ group: CompletionGroup) {
        let frame = group.frame
        append(frame.shared.upToSubject)
        append(frame.name)
        append(#","time":""#)
        append(time: group.timestamp)
        append(frame.shared.upToPattern)
        append(frame.name)
        append(#","run":""#)
    }

    /// From behind the run up to the data.
    mutating func appendKey(_ group: CompletionGroup) {
        append(#"","key":"#)
        append(group.key)
        append(#","data":"#)
    }

    mutating func append(_ value: Value) {
        switch value {
        case .null: append("null")
        case .string(let text):
            append(UInt8(ascii: "\""))
            append(escaped: text)
            append(UInt8(ascii: "\""))
        default:
            var writer = JSONWriter()
            writer.write(value)
            append(writer.bytes)
        }
    }

    /// By group, in the order of the pattern's blocks; events without a group stand under `""`.
    private mutating func appendHistory(_ completion: borrowing Completion) {
        let group = completion.group
        let frame = group.frame
        var isFirst = true
        for place in 0..<frame.groupCount {
            let number = Int32(place) - 1
            var isOpen = false
            if completion.first.group == number {
                open(frame, place, &isOpen, &isFirst)
                append(completion.first.event)
            }
            for accepted in completion.own where accepted.group == number {
                open(frame, place, &isOpen, &isFirst)
                append(accepted.event)
            }
            if let text = group.text {
                let events = text.events(place)
                if !events.isEmpty {
                    open(frame, place, &isOpen, &isFirst)
                    append(events)
                }
            } else {
                for accepted in group.shared where accepted.group == number {
                    open(frame, place, &isOpen, &isFirst)
                    append(accepted.event)
                }
            }
            if isOpen { append(UInt8(ascii: "]")) }
        }
    }

    /// What comes before an event in the list of its group.
    @inline(__always)
    private mutating func open(_ frame: ComplexEventFrame, _ place: Int, _ isOpen: inout Bool, _ isFirst: inout Bool) {
        if isOpen || !isFirst { append(UInt8(ascii: ",")) }
        if !isOpen { append(frame.opening(place)) }
        isOpen = true
        isFirst = false
    }
}
