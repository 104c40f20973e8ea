/// One event of a stream, as https://html.spec.whatwg.org/multipage/server-sent-events.html has it.
enum ServerSentEvent {
    /// - Parameter json: in one line.
    static func bytes(_ name: StaticString, _ json: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.count + 32)
        bytes += "event: \(name)\ndata: ".utf8
        bytes += json
        bytes += "\n\n".utf8
        return bytes
    }
}
