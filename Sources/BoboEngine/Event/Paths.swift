import CEL

/// The paths into payloads that expressions read, each with the path it extends, as numbers. Path tables only grow while
/// patterns are compiled; this is the state of one at the end of it.
final class Paths: Sendable {
    private let names: [[String]]
    private let parents: [Int?]
    /// By path, whether an expression reads it; others are only on the way.
    private let wanted: [Bool]
    /// The number of the empty path: the whole payload.
    let whole: Int

    static let none = Paths(PathTable(), read: [])

    /// - Parameter programs: those that read payloads.
    init(_ table: PathTable, read programs: [Program]) {
        let read = Set(programs.flatMap(\.objectPaths))
        whole = table.intern([])
        for path in table.paths {
            for length in path.indices { _ = table.intern(Array(path[..<length])) }
        }
        names = table.paths
        parents = names.map { $0.isEmpty ? nil : table.intern(Array($0.dropLast())) }
        wanted = names.indices.map { read.contains($0) }
    }

    var all: Range<Int> { names.indices }

    func path(_ path: Int) -> [String] { names[path] }

    /// Also of a path that is younger than this state of the table.
    func isWanted(_ path: Int) -> Bool { path < wanted.count && wanted[path] }

    func parent(of path: Int) -> Int? { parents[path] }

    func name(of path: Int) -> String { names[path].last ?? "payload" }
}
