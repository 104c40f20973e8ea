import BoboPatterns
import Foundation

/// What a file or a folder of pattern files looks like from outside: a change of it is a reason to read them again.
struct FileWatch: Equatable, Sendable {
    private struct Appearance: Equatable, Sendable {
        let path: String
        let size: Int64
        let changed: Int64
        let file: UInt64
    }

    private let appearances: [Appearance]

    init(_ path: String) { self.init([path]) }

    init(_ paths: [String]) {
        let all = paths.flatMap { path in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            return [path] + names.filter(PatternFiles.isPatternFile).sorted().map { path + "/" + $0 }
        }
        appearances = all.compactMap { path in
            var information = stat()
            guard stat(path, &information) == 0 else { return nil }
            // A folder's own time also changes with files that are not read.
            let isFolder = information.st_mode & S_IFMT == S_IFDIR
            return Appearance(
                path: path, size: isFolder ? 0 : Int64(information.st_size),
                changed: isFolder
                    ? 0 : Int64(information.st_mtim.tv_sec) * 1_000_000_000 + Int64(information.st_mtim.tv_nsec),
                file: UInt64(information.st_ino))
        }
    }
}
