package import BoboEngine
import Foundation

/// Why an event file cannot be read on.
package enum EventFileError: Error, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    case cannotRead(path: String, reason: String)
    /// With strict reading: a line that cannot be read.
    case badLine(path: String, number: UInt64, reason: String)

    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "\(path) cannot be opened: \(reason)"
        case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)"
        case .badLine(let path, let number, let reason): "\(path):\(number): \(reason)"
        }
    }
}

/// Reads an event file line by line, in large pieces. Belongs to one thread.
package final class EventFileReader {
    package struct Line {
        /// From 1.
        package let number: UInt64
        package let event: EventLine

        package init(number: UInt64, event: EventLine) {
            self.number = number
            self.event = event
        }
    }

    /// Bytes of the longest line that is read.
    static let maximumLine = 64 << 20
    /// What the processor's caches hold, so that what the system copies there is still there when it is parsed.
    private static let pieceSize = 1 << 18
    /// Behind what is read: for a line break that is missing, and what must be readable behind a line.
    private static let room = 1 + EventLineParser.padding

    private let path: String
    private let descriptor: Int32
    private let parser = EventLineParser()
    // Safe: this class alone owns the buffer; `start..<end` holds what is read and not yet parsed.
    private var buffer: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    private var isSkipping = false
    package private(set) var lineNumber: UInt64 = 0
    package private(set) var bytesRead: Int64 = 0
    package private(set) var badLines = 0
    /// Told of each line that cannot be read, before it is skipped.
    private let onBadLine: (UInt64, String) throws -> Void
    private let awaitInput: (Int32) throws -> Void

    /// - Parameters:
    ///   - path: `-` for standard input.
    ///   - awaitInput: Called before each read with the descriptor: an owner who has other things to see to sees to them
    ///     until it is readable.
    /// - Throws: `EventFileError.cannotOpen`.
    package init(
        path: String, awaitInput: @escaping (Int32) throws -> Void = { _ in },
        onBadLine: @escaping (UInt64, String) throws -> Void
    ) throws {
        self.path = path
        self.awaitInput = awaitInput
        self.onBadLine = onBadLine
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw EventFileError.cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        buffer = .allocate(byteCount: 2 * EventFileReader.pieceSize + EventFileReader.room, alignment: 16)
    }

    deinit {
        buffer.deallocate()
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// The size of the file in bytes, where it has one.
    package var size: Int64? {
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(information.st_size)
    }

    /// The next line that can be read; nil at the end.
    package func next() throws -> Line? {
        while let line = try nextLine() {
            lineNumber += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
            if let line = try self.line(line) { return line }
        }
        return nil
    }

    /// Whole lines, each with its line break, and `EventLineParser.padding` more bytes readable behind; nil at the end. The
    /// first is number `lineNumber + 1`; whoever takes them says by `passed(to:)` how far that goes.
    package func nextLines() throws -> UnsafeRawBufferPointer? {
        while true {
            if !isSkipping, let last = buffer[start..<end].lastIndex(of: 0x0A) {
                let lines = UnsafeRawBufferPointer(rebasing: buffer[start...last])
                start = last + 1
                return lines
            }
            if isSkipping, let newline = newline(from: start) {
                start = newline + 1
                isSkipping = false
                continue
            }
            if isAtEnd {
                guard start < end, !isSkipping else { return nil }
                // There is room for the line break that is missing.
                buffer[end] = 0x0A
                defer { start = end }
                return UnsafeRawBufferPointer(rebasing: buffer[start..<(end + 1)])
            }
            try skipWhatIsTooLong()
            _ = try fill()
        }
    }

    /// The lines up to that number have been read.
    package func passed(to number: UInt64) { lineNumber = number }

    /// One of those lines by itself, numbered by `passed(to:)`; nil where it cannot be read, which has then been told.
    package func line(_ line: UnsafeRawBufferPointer) throws -> Line? {
        do throws(EventLineError) {
            return Line(number: lineNumber, event: try parser.parse(line))
        } catch {
            try report(error.description)
            return nil
        }
    }

    /// Something is wrong with the line that was read last.
    package func report(_ reason: String) throws {
        badLines += 1
        try onBadLine(lineNumber, reason)
    }

    private func nextLine() throws -> UnsafeRawBufferPointer? {
        var searched = start
        while true {
            if let newline = newline(from: searched) {
                let line = UnsafeRawBufferPointer(rebasing: buffer[start..<newline])
                start = newline + 1
                if !isSkipping { return line }
                isSkipping = false
                continue
            }
            searched = end
            if isAtEnd {
                guard start < end, !isSkipping else { return nil }
                let line = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
                start = end
                return line
            }
            try skipWhatIsTooLong()
            searched -= try fill()
        }
    }

    private func skipWhatIsTooLong() throws {
        guard end - start > EventFileReader.maximumLine else { return }
        if !isSkipping {
            lineNumber += 1
            try report("longer than \(EventFileReader.maximumLine) bytes")
        }
        isSkipping = true
        start = end
    }

    private func newline(from position: Int) -> Int? {
        guard position < end, let base = buffer.baseAddress else { return nil }
        return memchr(base + position, 0x0A, end - position).map { UnsafeRawPointer($0) - UnsafeRawPointer(base) }
    }

    /// Reads on.
    /// - Returns: by how many bytes what was there has moved down.
    private func fill() throws -> Int {
        let moved = start
        if moved > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
            (start, end) = (0, end - start)
        }
        if buffer.count < end + EventFileReader.pieceSize + EventFileReader.room {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * buffer.count, alignment: 16)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<end]))
            buffer.deallocate()
            buffer = larger
        }
        while true {
            try awaitInput(descriptor)
            let count = read(descriptor, buffer.baseAddress.map { $0 + end }, EventFileReader.pieceSize)
            if count > 0 {
                end += count
                bytesRead += Int64(count)
                return moved
            }
            if count == 0 {
                isAtEnd = true
                return moved
            }
            guard errno == EINTR else {
                throw EventFileError.cannotRead(path: path, reason: String(cString: strerror(errno)))
            }
        }
    }
}
