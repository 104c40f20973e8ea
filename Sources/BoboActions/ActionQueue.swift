package import BoboEngine
import DequeModule

/// The actions that take their time: so many at once, so many that wait, those beyond are refused. It belongs to the thread
/// of whoever owns the engine, and never holds it up.
package final class ActionQueue {
    /// At once, of all phenomena, and of one: a server that hangs holds up the actions of its own phenomenon.
    package static let workers = 8
    package static let workersOfOne = 4
    /// That wait, and the bytes of their texts.
    package static let limit = 1000
    package static let byteLimit = 16 << 20
    package static let notBegun = "the gateway stopped before it began"

    private struct Waiting {
        let course: ActionCourse
        let job: ActionJob
    }

    private let workers: ActionWorkers
    private var queue = Deque<Waiting>()
    private var bytes = 0
    private var underWay: [Int: ActionCourse] = [:]
    private var lastTicket = 0
    private var isClosed = false
    /// Actions that were refused since there were too many.
    package private(set) var dropped = 0

    package init(_ workers: ActionWorkers) { self.workers = workers }

    package var waiting: Int { queue.count }
    package var running: Int { underWay.count }
    package var isIdle: Bool { queue.isEmpty && underWay.isEmpty }

    /// - Returns: why the course's work cannot be taken; nil where it was.
    package func take(_ course: ActionCourse, _ job: ActionJob) -> String? {
        guard !isClosed else { return course.hasBegun ? ActionWorkers.stopped : ActionQueue.notBegun }
        // What has begun is one of the few that ran.
        if !course.hasBegun {
            guard queue.count < ActionQueue.limit, bytes + job.size <= ActionQueue.byteLimit else {
                dropped += 1
                return queue.isEmpty
                    ? "dropped: its texts are larger than \(ActionQueue.byteLimit >> 20) MiB"
                    : "dropped: \(queue.count) actions wait already"
            }
            queue.append(Waiting(course: course, job: job))
        } else {
            queue.prepend(Waiting(course: course, job: job))
        }
        bytes += job.size
        start()
        return nil
    }

    /// What has ended since the last call: the courses, with how their work ended.
    package func takeEnded() -> [(course: ActionCourse, outcome: ActionOutcome)] {
        let ended = workers.takeEnded().compactMap { ticket, outcome in
            underWay.removeValue(forKey: ticket).map { (course: $0, outcome: outcome) }
        }
        if !ended.isEmpty { start() }
        return ended
    }

    /// Nothing more begins; what runs is ended, and comes with `takeEnded`.
    /// - Returns: what waited.
    package func close() -> [ActionCourse] {
        isClosed = true
        defer {
            queue.removeAll()
            bytes = 0
        }
        workers.cancelAll()
        return queue.map(\.course)
    }

    private func start() {
        guard !isClosed else { return }
        while underWay.count < ActionQueue.workers, let place = nextPlace {
            let next = queue.remove(at: place)
            bytes -= next.job.size
            lastTicket += 1
            underWay[lastTicket] = next.course
            workers.start(next.job, ticket: lastTicket)
        }
    }

    /// Of the first whose phenomenon has not its share yet.
    private var nextPlace: Int? {
        guard !queue.isEmpty else { return nil }
        var counts: [String: Int] = [:]
        for course in underWay.values { counts[course.request.phenomenon, default: 0] += 1 }
        return queue.firstIndex { counts[$0.course.request.phenomenon] ?? 0 < ActionQueue.workersOfOne }
    }
}
