/// What the complex events of a gateway have in common.
final class ComplexEventNaming: Sendable {
    let gateway: String
    let prefix: String

    init(gateway: String, prefix: String) {
        self.gateway = gateway
        self.prefix = prefix
    }
}

/// What the complex events of one pattern have in common.
// Safe: nothing of it changes.
final class ComplexEventFrame: @unchecked Sendable {
    let phenomenon: String
    let pattern: String
    let topic: String
    let qos: Int
    let isRetained: Bool
    /// How many groups there are, with that without a name, which is the first.
    let groupCount: Int
    private let pieces: BytePieces

    init(_ phenomenon: Phenomenon, _ pattern: Pattern, _ naming: ComplexEventNaming) {
        self.phenomenon = phenomenon.name
        self.pattern = pattern.name
        topic = "\(naming.prefix)/events/\(phenomenon.name)"
        qos = pattern.emit.qos
        isRetained = pattern.emit.isRetained
        let groups = [""] + pattern.groups
        groupCount = groups.count
        pieces = BytePieces(count: 2 + groups.count) { number, bytes in
            var json = JSONWriter()
            switch number {
            case 0:
                json.raw(#"","source":"bobo","gateway":"#)
                json.write(naming.gateway)
                json.raw(#","type":"bobo.complex."#)
                json.raw(phenomenon.name)
                json.raw(#"","subject":"#)
                json.write(pattern.name)
                json.raw(#","time":""#)
            case 1:
                json.raw(#"","datacontenttype":"application/json","data":{"phenomenon":""#)
                json.raw(phenomenon.name)
                json.raw(#"","pattern":"#)
                json.write(pattern.name)
                json.raw(#","run":""#)
            default:
                json.write(groups[number - 2])
                json.raw(":[")
            }
            bytes.append(json.bytes)
        }
    }

    /// From behind the identifier up to the time.
    var upToTime: UnsafeRawBufferPointer { pieces[0] }
    /// From behind the time up to the run.
    var upToRun: UnsafeRawBufferPointer { pieces[1] }

    /// What the list of a group's events begins with.
    func opening(_ place: Int) -> UnsafeRawBufferPointer { pieces[2 + place] }
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
