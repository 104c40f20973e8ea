@testable import BoboEngine

/// Messages with payloads in JSON which an engine takes one by one, or as lines of an event file.
struct RecordedMessages {
    private let messages: [(topic: String, payload: String)]
    private let time: (Int) -> Int64

    /// - Parameter time: by a message's number from 0, milliseconds.
    init(_ messages: [(topic: String, payload: String)], at time: @escaping (Int) -> Int64 = { Int64($0) }) {
        self.messages = messages
        self.time = time
    }

    func take(oneByOne engine: Engine) {
        for (number, message) in messages.enumerated() {
            Array(message.payload.utf8).withUnsafeBytes { payload in
                engine.take(
                    Message(
                        topic: message.topic, payload: payload, arrival: time(number), isRetained: false,
                        number: UInt64(number + 1)))
            }
        }
    }

    /// The lines' bytes, behind which as many more are readable as a parser of lines needs.
    func withLines(_ body: (UnsafeRawBufferPointer) -> Void) {
        var bytes: [UInt8] = []
        for (number, message) in messages.enumerated() {
            bytes += Array(
                "{\"ts\":\(time(number)),\"topic\":\"\(message.topic)\",\"payload\":\(message.payload)}\n".utf8)
        }
        let count = bytes.count
        bytes += Array(repeating: 0x20, count: EventLineParser.padding)
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// - Parameter other: as of `Engine.take(lines:from:other:step:)`.
    func take(together engine: Engine, other: (UnsafeRawBufferPointer, UInt64) -> Void) {
        withLines { _ = engine.take(lines: $0, from: 1, other: other, step: {}) }
    }

    /// As lines that have been scanned before.
    func take(ahead engine: Engine, other: (UnsafeRawBufferPointer, UInt64) -> Void) {
        withLines { lines in
            var (rest, first) = (lines, 1 as UInt64)
            while !rest.isEmpty {
                let scanned = engine.makeScannedLines()
                rest = UnsafeRawBufferPointer(rebasing: rest[scanned.scan(rest)...])
                engine.take(scanned, from: first, other: other, step: {})
                first += UInt64(scanned.count)
            }
        }
    }
}

extension Engine {
    /// What it has to send, as text, which is then gone.
    func takeTexts() -> [String] {
        takeOutputs().map {
            if case .complexEvent(let event) = $0 { String(decoding: event.json, as: UTF8.self) } else { "an action" }
        }
    }
}
