/// What the complex events of a gateway have in common.
final class ComplexEventNaming: Sendable {
    let gateway: String
    let prefix: String

    init(gateway: String, prefix: String) {
        self.gateway = gateway
        self.prefix = prefix
    }
}

/// What the complex events of one phenomenon have in common.
// Safe: nothing of it changes.
final class PhenomenonFrame: @unchecked Sendable {
    let phenomenon: String
    let topic: String
    private let pieces: BytePieces

    init(_ phenomenon: Phenomenon, _ naming: ComplexEventNaming) {
        self.phenomenon = phenomenon.name
        topic = "\(naming.prefix)/events/\(phenomenon.name)"
        pieces = BytePieces(count: 2) { number, bytes in
            var json = JSONWriter()
            if number == 0 {
                json.raw(#"","source":"bobo","gateway":"#)
                json.write(naming.gateway)
                json.raw(#","type":"bobo.complex."#)
                json.raw(phenomenon.name)
                json.raw(#"","subject":"#)
            } else {
                json.raw(#"","datacontenttype":"application/json","data":{"phenomenon":""#)
                json.raw(phenomenon.name)
                json.raw(#"","pattern":"#)
            }
            bytes.append(json.bytes)
        }
    }

    /// From behind the identifier up to the pattern.
    var upToSubject: UnsafeRawBufferPointer { pieces[0] }
    /// From behind the time up to the pattern in the data.
    var upToPattern: UnsafeRawBufferPointer { pieces[1] }
}

/// What the complex events of one pattern have in common.
// Safe: nothing of it changes.
final class ComplexEventFrame: @unchecked Sendable {
    // What is written stands first, and is little: of ten thousand patterns it is hardly ever in the processor's caches.
    private let pieces: BytePieces
    /// What they have in common with those of other patterns.
    let shared: PhenomenonFrame
    /// How many groups there are, with that without a name, which is the first.
    let groupCount: Int
    let qos: Int
    let isRetained: Bool
    let pattern: String

    init(_ pattern: Pattern, _ shared: PhenomenonFrame) {
        self.shared = shared
        self.pattern = pattern.name
        qos = pattern.emit.qos
        isRetained = pattern.emit.isRetained
        let groups = [""] + pattern.groups
        groupCount = groups.count
        pieces = BytePieces(count: 1 + groups.count) { number, bytes in
            var json = JSONWriter()
            json.write(number == 0 ? pattern.name : groups[number - 1])
            if number > 0 { json.raw(":[") }
            bytes.append(json.bytes)
        }
    }

    /// Where all the text lies.
    var start: UnsafeRawPointer { pieces.start }

    /// The pattern's name, as JSON.
    var name: UnsafeRawBufferPointer { pieces[0] }

    /// What the list of a group's events begins with.
    func opening(_ place: Int) -> UnsafeRawBufferPointer { pieces[1 + place] }
}

/// What the complex events of runs have in common that completed together.
// Safe: nothing of it changes.
final class CompletionGroupText: @unchecked Sendable {
    private let pieces: BytePieces

    init(_ group: CompletionGroup) {
        pieces = BytePieces(count: 2 + group.frame.groupCount) { number, json in
            switch number {
            case 0: json.appendUpToRun(group)
            case 1: json.appendKey(group)
            default:
                var isFirst = true
                for accepted in group.shared where accepted.group == Int32(number) - 3 {
                    if !isFirst { json.append(UInt8(ascii: ",")) }
                    json.append(accepted.event)
                    isFirst = false
                }
            }
        }
    }

    /// From behind the identifier up to the run.
    var upToRun: UnsafeRawBufferPointer { pieces[0] }
    /// From behind the run up to the data.
    var key: UnsafeRawBufferPointer { pieces[1] }

    /// The events of a group that they accepted together, a comma between.
    func events(_ place: Int) -> UnsafeRawBufferPointer { pieces[2 + place] }
}
