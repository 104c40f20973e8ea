import Foundation
import Testing

extension Trait where Self == WaitingThreads {
    /// For tests that wait for processes: each on a thread of its own, since those that tests share are as few as cores.
    static var waiting: WaitingThreads { WaitingThreads() }
}

struct WaitingThreads: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Threads.shared, operation: function)
    }
}

/// As many tests wait at a time as there are threads here.
///
/// Safe to share: `jobs` is changed under `condition` only.
private final class Threads: TaskExecutor, @unchecked Sendable {
    static let shared = Threads(count: 10)

    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []

    init(count: Int) {
        for _ in 0..<count {
            Thread.detachNewThread { [self] in
                while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
            }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    private func next() -> UnownedJob {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty { condition.wait() }
        return jobs.removeFirst()
    }
}
