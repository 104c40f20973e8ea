/// What the complex events of one pattern have in common, as bytes.
final class ComplexEventFrame {
    /// Up to the identifier, which follows.
    static let opening: StaticString = #"{"specversion":"1.0","id":""#
    /// From behind the identifier up to the time.
    let upToTime: [UInt8]
    /// From behind the time up to the run.
    let upToRun: [UInt8]
    let topic: String
    /// By group, from that without a name on: what its list of events begins with.
    let groups: [[UInt8]]

    init(_ compiled: CompiledPattern, _ options: EngineOptions) {
        let phenomenon = compiled.phenomenon.name
        var json = JSONWriter()
        json.raw(#"","source":"bobo","gateway":"#)
        json.write(options.gateway)
        json.raw(#","type":"bobo.complex."#)
        json.raw(phenomenon)
        json.raw(#"","subject":"#)
        json.write(compiled.pattern.name)
        json.raw(#","time":""#)
        upToTime = json.bytes

        json = JSONWriter()
        json.raw(#"","datacontenttype":"application/json","data":{"phenomenon":""#)
        json.raw(phenomenon)
        json.raw(#"","pattern":"#)
        json.write(compiled.pattern.name)
        json.raw(#","run":""#)
        upToRun = json.bytes

        topic = "\(options.prefix)/events/\(phenomenon)"
        groups = ([""] + compiled.pattern.groups).map { name in
            var json = JSONWriter()
            json.write(name)
            json.raw(":[")
            return json.bytes
        }
    }
}
