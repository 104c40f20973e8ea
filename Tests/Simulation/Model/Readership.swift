/// Whom the broker's stream names as the reader of each partition, and which partitions have none: their reader's session has
/// expired, and nobody has cut them since. That is no fault for as long as those that could may need to find that out.
struct Readership {
    private static let patience = Duration.seconds(15)

    private var readers: [String: String] = [:]
    /// For how long there were gateways that could have taken it.
    private var orphaned: [String: Duration] = [:]

    mutating func cut(_ partition: String, by reader: String) {
        readers[partition] = reader
        orphaned[partition] = nil
    }

    mutating func expired(_ reader: String) {
        for (partition, last) in readers where last == reader && orphaned[partition] == nil {
            orphaned[partition] = .zero
        }
    }

    /// So much time has passed in which a gateway could have taken what has no reader.
    mutating func pass(_ time: Duration) {
        for partition in orphaned.keys { orphaned[partition]? += time }
    }

    func hasReader(_ partition: String) -> Bool { orphaned[partition].map { $0 > Readership.patience } ?? true }
}

extension World {
    /// To be called with each publication, in the broker's order.
    func noteReader(_ publication: Publication) {
        if let partition = partition(ofCut: publication.topic) {
            let text = String(decoding: publication.payload, as: UTF8.self)
            readership.cut(partition, by: text.split(separator: " ").first.map(String.init) ?? text)
        } else if let partition = partition(of: publication.topic), let number = serial(publication.payload),
            !readership.hasReader(partition)
        {
            record.withoutReader.insert(number)
        }
    }
}
