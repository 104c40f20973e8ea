import BoboEngine
import Foundation

/// Why an event file cannot be written.
package enum EventFileWriteError: Error, Hashable, Sendable, CustomStringConvertible {
    case exists(path: String)
    case cannotCreate(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// Whoever read the pipe has gone.
    case nobodyReads(path: String)

    package var description: String {
        switch self {
        case .exists(let path): "\(path) is there already"
        case .cannotCreate(let path, let reason): "\(path) cannot be created: \(reason)"
        case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
        case .nobodyReads(let path): "nobody reads \(path) any more"
        }
    }
}

/// Writes an event file. Lines wait in memory until `flush`, or until there are many. Belongs to one thread.
package final class EventFileWriter {
    private static let pieceSize = 1 << 16
    /// How long a pipe that nobody reads may hold up a process that is to stop.
    private static let patience: Int32 = 1000

    private let path: String
    private let descriptor: Int32
    private let isRegular: Bool
    private let isOwn: Bool
    /// Readable once the process is to stop.
    private let stop: Int32
    private let lines = EventLineWriter()
    private var buffer: [UInt8] = []
    package private(set) var hasBegun = false
    package private(set) var bytesWritten: Int64 = 0
    package var hasBuffered: Bool { !buffer.isEmpty }

    /// - Parameters:
    ///   - path: `-` for standard output.
    ///   - replaces: Whether a file that is there already may be written over. It is kept till `begin`.
    package init(path: String, replaces: Bool, stop: Int32) throws(EventFileWriteError) {
        self.path = path == "-" ? "standard output" : path
        self.stop = stop
        if path == "-" {
            descriptor = STDOUT_FILENO
            (isOwn, isRegular) = (false, false)
            return
        }
        var information = stat()
        let isThere = stat(path, &information) == 0
        // A pipe or a device is no file that something could be lost of.
        isRegular = !isThere || information.st_mode & S_IFMT == S_IFREG
        isOwn = !isThere
        var flags = O_WRONLY | O_CLOEXEC
        if isRegular { flags |= O_CREAT }
        if isRegular, !replaces { flags |= O_EXCL }
        descriptor = open(path, flags, 0o644)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? .exists(path: path) : .cannotCreate(path: path, reason: String(cString: strerror(errno)))
        }
    }

    deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

    /// From here on, what the file held before is gone.
    package func begin() throws(EventFileWriteError) {
        guard !hasBegun else { return }
        hasBegun = true
        guard isRegular, ftruncate(descriptor, 0) != 0 else { return }
        throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }

    /// Where nothing came of it, the file does not stand in the way of the next try.
    package func discard() {
        if isOwn, isRegular, !hasBegun { unlink(path) }
    }

    /// - Returns: false where the line would be longer than readers take; nothing is written then.
    package func write(
        timestamp: Int64, topic: String, payload: UnsafeRawBufferPointer, isRetained: Bool
    ) throws(EventFileWriteError) -> Bool {
        let line = lines.line(timestamp: timestamp, topic: topic, payload: payload, isRetained: isRetained)
        guard line.count < EventFileReader.maximumLine else { return false }
        try append(line)
        return true
    }

    /// A line that only moves the clock.
    package func write(timestamp: Int64) throws(EventFileWriteError) { try append(lines.line(timestamp: timestamp)) }

    private func append(_ line: [UInt8]) throws(EventFileWriteError) {
        buffer.append(contentsOf: line)
        buffer.append(0x0A)
        if buffer.count >= EventFileWriter.pieceSize { try flush() }
    }

    package func flush() throws(EventFileWriteError) {
        var written = 0
        defer {
            bytesWritten += Int64(written)
            buffer.removeAll(keepingCapacity: buffer.capacity < 1 << 20)
        }
        while written < buffer.count {
            // A pipe takes this much at once when it says that it is ready, so that a stop is never waited for.
            let size = isRegular ? buffer.count - written : min(buffer.count - written, Int(PIPE_BUF))
            if !isRegular { try waitTillReady() }
            let count = buffer.withUnsafeBytes { bytes in
                Foundation.write(descriptor, bytes.baseAddress.map { $0 + written }, size)
            }
            if count >= 0 {
                written += count
            } else if errno == EPIPE {
                throw .nobodyReads(path: path)
            } else if errno != EINTR {
                throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
            }
        }
    }

    private func waitTillReady() throws(EventFileWriteError) {
        var polls = [
            pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            if poll(&polls, 2, -1) < 0, errno == EINTR { continue }
            if polls[0].revents != 0 { return }
            guard poll(&polls, 1, EventFileWriter.patience) > 0 else { throw .nobodyReads(path: path) }
            return
        }
    }
}
