/// For benchmarks that leave the reading of messages out.
extension Engine {
    /// The events of lines, each of which is to be a message with a payload in JSON; others are passed over.
    package func parse(lines: UnsafeRawBufferPointer, _ body: (Event) -> Void) {
        let parser = PayloadParser(paths: receiver.paths)
        receiver.parse(lines: lines, parser, topic: topic, body)
    }

    /// Takes an event that `parse(lines:_:)` has made.
    package func take(_ event: Event) {
        guard let route = route(of: event.topic) else { return }
        take(event, isEvent: true, route)
    }
}
