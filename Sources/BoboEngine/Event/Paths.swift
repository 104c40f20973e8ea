import CEL

/// The paths into payloads that expressions read, each with the path it extends, as numbers. Path tables only grow while
/// patterns are compiled; this is the state of one at the end of it.
struct Paths: Sendable {
    private let names: [[String]]
    private let parents: [Int?]
    /// By path, whether an expression reads it; others are only on the way.
    private let wanted: [Bool]
    /// The number of the empty path: the whole payload.
    let whole: Int

    init(_ table: PathTable) {

        let read = table.paths.count
        whole = table.intern([])
        for path in table.paths {
            for length in path.indices { _ = table.intern(Array(path[..<length])) }
        }
        names = table.paths
        parents = names.map { $0.isEmpty ? nil : table.intern(Array($0.dropLast())) }
        wanted = names.indices.map { $0 < read }
    }

    var all: Range<Int> { names.indices }

    func path(_ path: Int) -> [String] { names[path] }

    func isWanted(_ path: Int) -> Bool { wanted[path] }

    func parent(of path: Int) -> Int? { parents[path] }

    func name(of path: Int) -> String { names[path].last ?? "payload" }
}
