import Foundation

/// What the system says of running processes (Linux: `/proc`).
enum ProcessTree {
    /// The processes that one has started, and that those have started.
    static func descendants(of ancestor: pid_t) -> Set<pid_t> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let parents = Dictionary(
            uniqueKeysWithValues: names.compactMap { pid_t($0) }.compactMap { id in parent(of: id).map { (id, $0) } })
        var found: Set<pid_t> = []
        var waiting: Set<pid_t> = [ancestor]
        while let one = waiting.popFirst() {
            let children = parents.filter { $0.value == one }.map(\.key)
            found.formUnion(children)
            waiting.formUnion(children)
        }
        return found
    }

    /// Waits till none of them is there.
    static func waitForEnd(of processes: Set<pid_t>, timeout: Duration = .seconds(10)) throws {
        let deadline = ContinuousClock.now + timeout
        while let left = processes.first(where: isRunning) {
            guard ContinuousClock.now < deadline else {
                throw TimedOut(waitedFor: "end of process \(left)", timeout: timeout, found: statusFile(left))
            }
            poll(nil, 0, 20)
        }
    }

    /// Whether it is there and not merely waiting to be taken note of by whoever has started it.
    private static func isRunning(_ id: pid_t) -> Bool {
        let status = statusFile(id)
        return !status.isEmpty && !status.contains("State:\tZ")
    }

    private static func parent(of id: pid_t) -> pid_t? {
        statusFile(id).split(separator: "\n").first { $0.hasPrefix("PPid:") }
            .flatMap { pid_t($0.dropFirst(5).trimmingCharacters(in: .whitespaces)) }
    }

    private static func statusFile(_ id: pid_t) -> String {
        (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    }
}
