import BoboEngine
import BoboYAML

/// The way of one run, event by event, for people.
struct RunStory {
    /// What happened at one time, or again and again.
    private struct Entry {
        let first: Int64
        var last: Int64
        var count = 1
        /// nil: time passed.
        var event: String?
        var outcome: String
        /// What was found in the event; of several, in the last.
        var values = ""
        let isIgnored: Bool
    }

    /// More are only counted.
    private static let maximumEntries = 1000

    let heading: String
    let start: Int64
    /// Where it waits.
    var block: Int
    private var entries: [Entry] = []
    private var leftOut = 0

    init(heading: String, start: Int64, block: Int) {
        self.heading = heading
        self.start = start
        self.block = block
    }

    mutating func ignored(_ event: String, at time: Int64, because reason: String, values: String) {
        if let last = entries.indices.last, entries[last].isIgnored, entries[last].outcome == reason {
            entries[last].last = time
            entries[last].count += 1
            entries[last].event = event
            entries[last].values = values
            return
        }
        append(Entry(first: time, last: time, event: event, outcome: reason, values: values, isIgnored: true))
    }

    mutating func happened(_ event: String?, at time: Int64, _ outcome: String) {
        append(Entry(first: time, last: time, event: event, outcome: outcome, isIgnored: false))
    }

    /// The same event, or the same moment, did more.
    mutating func happenedBesides(at time: Int64, _ outcome: String) {
        guard let last = entries.indices.last, !entries[last].isIgnored, entries[last].last == time else {
            happened(nil, at: time, outcome)
            return
        }
        entries[last].outcome += "; \(outcome)"
    }

    private mutating func append(_ entry: Entry) {
        // The end is always told.
        if entries.count >= RunStory.maximumEntries, entry.isIgnored {
            leftOut += 1
        } else {
            entries.append(entry)
        }
    }

    /// - Parameter ending: what became of the run.
    func lines(_ ending: String) -> [String] {
        var lines = ["\(heading): \(ending)"]
        for entry in entries {
            let time = RunStory.passed(entry.first - start)
            let values = entry.values.isEmpty ? "" : " (\(entry.values))"
            let indent = String(repeating: " ", count: 10)
            switch entry.event {
            case let event? where entry.count > 1:
                lines.append(
                    "  \(time)\(entry.count) events till \(RunStory.passed(entry.last - start, pads: false)), the last \(event)"
                )
                lines.append("  \(indent)  ignored: \(entry.outcome)\(values)")
            case let event?:
                lines.append("  \(time)\(event)")
                lines.append("  \(indent)  \(entry.isIgnored ? "ignored: " : "")\(entry.outcome)\(values)")
            case nil:
                lines.append("  \(time)\(entry.outcome)")
            }
        }
        if leftOut > 0 { lines.append("  and \(count(leftOut, "event", "events")) more that did nothing") }
        return lines
    }

    /// Since the run's first event; a late event has a minus.
    private static func passed(_ milliseconds: Int64, pads: Bool = true) -> String {
        let text = (milliseconds < 0 ? "" : "+") + DurationText.text(milliseconds)
        return pads ? text.padding(to: 10) : text
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 1))
    }
}
