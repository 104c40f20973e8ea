import ArgumentParser
import BoboEngine
import BoboGateway
import Foundation

/// An event file that goes through an engine, on the events' own clock.
struct EventFileReplay {
    /// Somebody has asked the command to end.
    struct Stopped: Error {}

    let path: String
    var end: ReplayEnd?
    var isStrict = false

    /// - Throws: `EventFileError`; `Stopped` while it waits for input.
    func open() throws -> EventFileReader {
        try EventFileReader(path: path, awaitInput: EventFileReplay.await, onBadLine: tell)
    }

    /// Until there is something to read, or someone wants the command to end.
    private static func await(_ descriptor: Int32) throws {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: StopSignal.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while poll(&descriptors, 2, -1) < 0, errno == EINTR {}
        if descriptors[1].revents != 0 { throw Stopped() }
    }

    /// How far it has come.
    final class Course {
        var lines: UInt64 = 0
        var badLines = 0
    }

    /// Takes many lines at once, read and scanned ahead where another processor is there for it.
    /// - Parameters:
    ///   - reader: given up; nobody else uses it.
    ///   - step: called after each line of which something came, and as the clock runs on after the last.
    func run(
        _ reader: EventFileReader, _ engine: Engine, _ course: Course = Course(), step: () throws -> Void
    ) throws {
        var progress = Progress()
        defer { progress.clear() }
        let size = reader.size
        if LinesAhead.pays {
            try runAhead(reader, engine, course, step: step) { progress.show(told(Int(course.lines), $0, size)) }
        } else {
            try runAlone(reader, engine, course, step: step) { progress.show(told(Int(course.lines), $0, size)) }
        }
        engine.flush()
        try end?.run(engine, step)
        try step()
    }

    private func runAlone(
        _ reader: EventFileReader, _ engine: Engine, _ course: Course, step: () throws -> Void,
        progress: (_ bytesRead: Int64) -> Void
    ) throws {
        defer { course.badLines = reader.badLines }
        while let lines = try reader.nextLines() {
            let next = try engine.take(
                lines: lines, from: reader.lineNumber + 1,
                other: { line, number in
                    reader.passed(to: number)
                    guard let line = try reader.line(line) else { return }
                    take(line, engine)
                    try step()
                }, step: step)
            reader.passed(to: next - 1)
            course.lines = reader.lineNumber
            progress(reader.bytesRead)
        }
    }

    private func runAhead(
        _ reader: EventFileReader, _ engine: Engine, _ course: Course, step: () throws -> Void,
        progress: (_ bytesRead: Int64) -> Void
    ) throws {
        let ahead = LinesAhead(reader, engine)
        defer { ahead.stop() }
        let parser = EventLineParser()
        var badLines = 0
        while let block = try ahead.next() {
            defer { course.badLines = block.badLines + badLines }
            try engine.take(
                block.lines, from: block.number,
                other: { line, number in
                    do throws(EventLineError) {
                        take(EventFileReader.Line(number: number, event: try parser.parse(line)), engine)
                    } catch {
                        badLines += 1
                        try tell(number, error.description)
                        return
                    }
                    try step()
                }, step: step)
            course.lines = block.number + UInt64(block.lines.count) - 1
            progress(block.bytesRead)
            ahead.giveBack(block)
        }
    }

    /// - Throws: `EventFileError.badLine` where that is to be the end.
    private func tell(_ number: UInt64, _ reason: String) throws {
        if isStrict { throw EventFileError.badLine(path: path, number: number, reason: reason) }
        say("\(path):\(number): \(reason); skipped")
    }

    private func take(_ line: EventFileReader.Line, _ engine: Engine) {
        guard let (topic, payload) = line.event.message else {
            engine.advance(to: line.event.timestamp)
            return
        }
        payload.withUnsafeBytes { bytes in
            engine.take(
                Message(
                    topic: topic, payload: bytes, arrival: line.event.timestamp, isRetained: line.event.isRetained,
                    number: line.number))
        }
    }

    /// - Parameter step: called after each line with its message, if it has one, and as the clock runs on after the last.
    func run(
        _ reader: EventFileReader, _ engine: Engine, message step: ((topic: String, payload: [UInt8])?) throws -> Void
    ) throws {
        var progress = Progress()
        defer { progress.clear() }
        let size = reader.size
        var lines = 0
        while let line = try reader.next() {
            lines += 1
            take(line, engine)
            try step(line.event.message)
            if lines % 4096 == 0 { progress.show(told(lines, reader.bytesRead, size)) }
        }
        engine.flush()
        try end?.run(engine) { try step(nil) }
        try step(nil)
    }

    private func told(_ lines: Int, _ read: Int64, _ size: Int64?) -> String {
        guard let size, size > 0 else { return "\(lines) lines" }
        return "\(lines) lines, \(100 * read / size) %"
    }
}
