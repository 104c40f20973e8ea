import Foundation

/// Gives back memory that only the start, or reading the patterns, needed: the system's pages of the program and its libraries,
/// which it maps again as they are used. They are most of what a gateway at rest has resident.
enum ProgramPages {
    static func giveBack() {
        #if os(Linux)
        for mapping in unwrittenMappings() { madvise(mapping.start, mapping.size, MADV_DONTNEED) }
        #endif
    }

    #if os(Linux)
    private struct Mapping {
        let start: UnsafeMutableRawPointer
        let size: Int
    }

    /// The parts of files that are mapped to be read or run by this process alone, and that have never been written to
    /// (proc(5), `smaps`): to let go of their pages loses nothing, since the next look reads the file anew.
    private static func unwrittenMappings() -> [Mapping] {
        guard let file = fopen("/proc/self/smaps", "re") else { return [] }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var found: [Mapping] = []
        var candidate: Mapping?
        while getline(&line, &capacity, file) > 0, let line {
            if strncmp(line, "Anonymous:", 10) == 0 {
                if let candidate, strtoul(line + 10, nil, 10) == 0 { found.append(candidate) }
                candidate = nil
            } else if let header = Header(line) {
                candidate = header.isReadOnlyFile ? header.mapping : nil
            }
        }
        return found
    }

    /// `start-end permissions offset device inode path`
    private struct Header {
        let mapping: Mapping
        let isReadOnlyFile: Bool

        init?(_ line: UnsafeMutablePointer<CChar>) {
            let fields = String(cString: line).split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count >= 5 else { return nil }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1],
                let start = UnsafeMutableRawPointer(bitPattern: bounds[0])
            else { return nil }
            mapping = Mapping(start: start, size: Int(bounds[1] - bounds[0]))
            isReadOnlyFile = ["r-xp", "r--p"].contains(fields[1]) && fields[4] != "0"
        }
    }
    #endif
}
