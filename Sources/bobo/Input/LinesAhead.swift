import BoboEngine
import BoboGateway
import Foundation
import Synchronization

/// Reads and scans an event file on a thread of its own, a few blocks ahead of the engine. What the engine is given, and in
/// which order, is the same as without.
final class LinesAhead: Sendable {
    /// Lines that follow those before, and how far the file had been read by then.
    struct Block: Sendable {
        let lines: ScannedLines
        /// The number of the first.
        let number: UInt64
        let bytesRead: Int64
        let badLines: Int
    }

    private enum Item: Sendable { case block(Block), failure(any Error), end }

    private struct State {
        var spare: [ScannedLines]
        var ready: [Item] = []
        var isStopped = false
    }

    /// So many blocks are under way: one that is taken, one that is ready, one that is scanned.
    private static let blocks = 3

    private let state: Mutex<State>
    // Begins at none, since one may not go that counts less than it began with.
    private let spares = DispatchSemaphore(value: 0)
    private let items = DispatchSemaphore(value: 0)

    /// Whether another processor is there for it.
    static var pays: Bool {
        // What the machine has is not what this process may use, which Linux says as `0-1,4` (proc_pid_status(5)).
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let allowed = status.firstMatch(of: #/Cpus_allowed_list:\s*(\S+)/#)?.output.1
        else { return false }
        return allowed.contains("-") || allowed.contains(",")
    }

    /// - Parameter reader: nobody else uses it any more.
    init(_ reader: EventFileReader, _ engine: Engine) {
        state = Mutex(State(spare: (0..<LinesAhead.blocks).map { _ in engine.makeScannedLines() }))
        for _ in 0..<LinesAhead.blocks { spares.signal() }
        // Safe: who gives it does not use it any more, so that it is the thread's alone.
        nonisolated(unsafe) let reader = reader
        Thread.detachNewThread { [self] in read(reader) }
    }

    /// The next lines; nil at the end. They are to be given back.
    /// - Throws: what the reader threw.
    func next() throws -> Block? {
        items.wait()
        switch state.withLock({ $0.ready.removeFirst() }) {
        case .block(let block): return block
        case .failure(let error): throw error
        case .end: return nil
        }
    }

    func giveBack(_ block: Block) {
        state.withLock { $0.spare.append(block.lines) }
        spares.signal()
    }

    /// Nothing more is wanted; the thread ends as soon as it notices.
    func stop() {
        state.withLock { $0.isStopped = true }
        spares.signal()
    }

    private func read(_ reader: EventFileReader) {
        do {
            while let lines = try reader.nextLines() {
                var rest = lines
                while !rest.isEmpty {
                    guard let spare = takeSpare() else { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest[spare.scan(rest)...])
                    let block = Block(
                        lines: spare, number: reader.lineNumber + 1, bytesRead: reader.bytesRead,
                        badLines: reader.badLines)
                    reader.passed(to: reader.lineNumber + UInt64(spare.count))
                    put(.block(block))
                }
            }
            put(.end)
        } catch {
            put(.failure(error))
        }
    }

    private func takeSpare() -> ScannedLines? {
        spares.wait()
        return state.withLock { $0.isStopped ? nil : $0.spare.popLast() }
    }

    private func put(_ item: Item) {
        state.withLock { $0.ready.append(item) }
        items.signal()
    }
}
