/// Whom the broker's stream names as the reader of each partition, and which partitions have none: their reader's session has
/// expired, and nobody has cut them since. That is no fault for as long as all others may need to find that out.
struct Readership {
    private static let patience = Duration.seconds(15)

    private var readers: [String: String] = [:]
    private var orphaned: [String: Duration] = [:]

    mutating func cut(_ partition: String, by reader: String) {
        readers[partition] = reader
        orphaned[partition] = nil
    }

    mutating func expired(_ reader: String, at now: Duration) {
        for (partition, last) in readers where last == reader && orphaned[partition] == nil { orphaned[partition] = now }
    }

    func hasReader(_ partition: String, at now: Duration) -> Bool {
        guard let since = orphaned[partition] else { return true }
        return now - since > Readership.patience
    }
}

extension World {
    /// To be called with each publication, in the broker's order.
    func noteReader(_ publication: Publication) {
        if let partition = partition(ofCut: publication.topic) {
            let text = String(decoding: publication.payload, as: UTF8.self)
            readership.cut(partition, by: text.split(separator: " ").first.map(String.init) ?? text)
        } else if let partition = partition(of: publication.topic), let number = serial(publication.payload),
            !readership.hasReader(partition, at: schedule.now)
        {
            record.withoutReader.insert(number)
        }
    }
}
