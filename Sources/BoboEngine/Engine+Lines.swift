import CSimdjson

/// Event files: many lines at once.
extension Engine {
    /// Takes lines of an event file.
    /// - Parameters:
    ///   - lines: Whole lines, the last with its line break; `EventLineParser.padding` more bytes are readable behind them.
    ///   - number: That of the first.
    ///   - other: Called for a line that is no message with a payload in JSON, or a bad one, with its number: whoever reads it
    ///     gives what it says to this engine.
    ///   - step: Called after each line that was one and had something come of it, or perhaps had.
    /// - Returns: the number of the line that would come next.
    package func take(
        lines: UnsafeRawBufferPointer, from number: UInt64,
        other: (UnsafeRawBufferPointer, UInt64) throws -> Void, step: () throws -> Void
    ) rethrows -> UInt64 {
        let parser = receiver.lineParser
        parser.begin(lines: lines)
        return try take(
            number, other: other, step: step,
            next: { window in (UnsafePointer(window.room.pointer), parser.nextLines(into: window.room)) })
    }

    /// The same for lines that have been scanned for this engine.
    package func take(
        _ scanned: ScannedLines, from number: UInt64,
        other: (UnsafeRawBufferPointer, UInt64) throws -> Void, step: () throws -> Void
    ) rethrows {
        var first = 0
        _ = try take(number, other: other, step: step) { window in
            let (start, count) = (scanned.lines + first, min(LineWindow.size, scanned.count - first))
            first += count
            return (start, count)
        }
    }

    /// Looks at a window of lines while it takes those of the window before.
    @inline(__always)
    private func take(
        _ number: UInt64, other: (UnsafeRawBufferPointer, UInt64) throws -> Void, step: () throws -> Void,
        next: (LineWindow) -> (lines: UnsafePointer<bobo_scanned_line>, count: Int)
    ) rethrows -> UInt64 {
        let routes = routes
        var (window, coming) = windows
        var number = number
        func open(_ window: LineWindow) {
            let (lines, count) = next(window)
            window.open(lines, count, routes)
        }
        open(window)
        window.look(0..<(routes.areMany ? LineWindow.steps : LineWindow.findingSteps), routes, decider)
        while window.count > 0 {
            let first = number
            number += UInt64(window.count)
            guard routes.areMany else {
                try take(window, 0..<window.count, from: first, routes, other: other, step: step)
                open(window)
                window.look(0..<LineWindow.findingSteps, routes, decider)
                continue
            }
            open(coming)
            var taken = 0
            for look in 0..<LineWindow.steps {
                let end = window.count * (look + 1) / LineWindow.steps
                coming.look(look..<look + 1, routes, decider)
                for line in taken..<end where !window.isIdle(line) || !take(idle: window.lines + line) {
                    try take(window, line..<line + 1, from: first, routes, other: other, step: step)
                }
                taken = end
            }
            swap(&window, &coming)
        }
        return number
    }

    @inline(__always)
    private func take(
        _ window: LineWindow, _ lines: Range<Int>, from number: UInt64, _ routes: Routes,
        other: (UnsafeRawBufferPointer, UInt64) throws -> Void, step: () throws -> Void
    ) rethrows {
        let receiver = receiver
        let isFollowed = decider.state.effects.recordsChanges
        for index in lines {
            let (line, number) = (window.lines + index, number + UInt64(index))
            switch bobo_scanned(UInt32(truncatingIfNeeded: line.pointee.kind)) {
            case bobo_scanned_blank: break
            case bobo_scanned_whole where take(line, window.slot(index, routes), number, receiver, routes):
                if isFollowed || !outputs.isEmpty { try step() }
            default:
                try other(UnsafeRawBufferPointer(start: line.pointee.line, count: line.pointee.line_length), number)
            }
        }
    }

    /// Takes a message that no pattern cares about, as is known.
    /// - Returns: false where it matters to somebody else.
    @inline(__always)
    private func take(idle line: UnsafePointer<bobo_scanned_line>) -> Bool {
        guard isAlone, EventLine.timestamps.contains(line.pointee.ts) else { return false }
        if receiver.isEvent(line.pointee.content_length) { pass(line.pointee.ts) }
        return true
    }

    /// - Returns: false where it is to be read the other way.
    @inline(__always)
    private func take(
        _ line: UnsafePointer<bobo_scanned_line>, _ known: UnsafeMutablePointer<TopicTable.Slot>?, _ number: UInt64,
        _ receiver: Receiver, _ routes: Routes
    ) -> Bool {
        let name = UnsafeRawBufferPointer(start: line.pointee.topic, count: line.pointee.topic_length)
        let timestamp = line.pointee.ts
        guard EventLine.timestamps.contains(timestamp), let slot = known ?? routes.slot(name) else { return false }
        let content = EventContent(line.pointee)
        if slot.pointee.isIdle(content), isAlone {
            guard receiver.isEvent(content.bytes.count) else { return true }
            if !slot.pointee.isPassedOver {
                slot.pointee.isPassedOver = true
                routes.passedOver.note(slot.pointee.reference)
            }
            pass(timestamp)
            return true
        }
        return slot.pointee.withRoute { route in take(timestamp, content, number, slot, route, receiver) }
    }

    @inline(__always)
    private func take(
        _ timestamp: Int64, _ content: EventContent, _ number: UInt64,
        _ slot: UnsafeMutablePointer<TopicTable.Slot>, _ route: Route, _ receiver: Receiver
    ) -> Bool {
        guard route.sensor == nil else { return false }
        guard !route.isOwn, receiver.isEvent(content.bytes.count) else { return true }
        let found = slot.pointee.isSole ? 1 : route.find(in: content)
        if found == 0, isAlone, route.stateFilters.isEmpty {
            pass(timestamp)
            return true
        }
        let event = receiver.event(content, number: number, timestamp: timestamp, route.topic)
        take(event, isEvent: true, route, found: found)
        scope.event = nil
        receiver.release(event)
        return true
    }

    /// Whether an event that no pattern cares about matters to nobody.
    private var isAlone: Bool { options.maximumLateness == 0 && decider.state.replication == nil }

    /// No pattern cares, so that the event need not be made; the clock goes on.
    @inline(__always)
    private func pass(_ timestamp: Int64) {
        if clock.isLate(timestamp) { late += 1 } else { _ = moveClock(to: timestamp) }
    }
}
