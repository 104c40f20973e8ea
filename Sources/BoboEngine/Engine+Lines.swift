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
        var number = number
        while case let count = parser.nextLines(), count > 0 {
            try take(parser.lines.pointer, count, from: number, other: other, step: step)
            number += UInt64(count)
        }
        return number
    }

    /// The same for lines that have been scanned for this engine.
    package func take(
        _ scanned: ScannedLines, from number: UInt64,
        other: (UnsafeRawBufferPointer, UInt64) throws -> Void, step: () throws -> Void
    ) rethrows {
        for first in stride(from: 0, to: scanned.count, by: PayloadParser.batch) {
            try take(
                scanned.lines + first, min(PayloadParser.batch, scanned.count - first), from: number + UInt64(first),
                other: other, step: step)
        }
    }

    /// At most `PayloadParser.batch` lines.
    @inline(__always)
    private func take(
        _ lines: UnsafePointer<bobo_scanned_line>, _ count: Int, from number: UInt64,
        other: (UnsafeRawBufferPointer, UInt64) throws -> Void, step: () throws -> Void
    ) rethrows {
        let (receiver, routes) = (receiver, routes)
        let isFollowed = decider.state.effects.recordsChanges
        routes.find(lines, count)
        if routes.areMany { decider.foresee(lines, routes.slots, count) }
        let generation = routes.generation
        for index in 0..<count {
            let (line, number) = (lines + index, number + UInt64(index))
            let known = routes.generation == generation ? routes.slots[index] : nil
            switch bobo_scanned(UInt32(truncatingIfNeeded: line.pointee.kind)) {
            case bobo_scanned_blank: break
            case bobo_scanned_whole where take(line, known, number, receiver, routes):
                if isFollowed || !outputs.isEmpty { try step() }
            default:
                try other(UnsafeRawBufferPointer(start: line.pointee.line, count: line.pointee.line_length), number)
            }
        }
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
            if receiver.isEvent(content) { pass(timestamp) }
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
        guard !route.isOwn, receiver.isEvent(content) else { return true }
        let found = slot.pointee.isSole ? 1 : route.find(in: content)
        if found == 0, isAlone, route.stateFilters.isEmpty {
            if let bounds = route.idleBounds {
                slot.pointee.above = bounds.above
                slot.pointee.below = bounds.below
                slot.pointee.path = Int32(bounds.path)
                slot.pointee.isSole = route.isSole
            }
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
