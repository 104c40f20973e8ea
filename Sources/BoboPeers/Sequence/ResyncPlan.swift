import BoboEngine

/// What of the full state is still to be sent to a peer: first the runs, then the ids of those that ended, of which there
/// may be very many; what is said of them is made as it is sent.
struct ResyncPlan {
    enum Item {
        case rest(RestCopy)
        case whole(RunIdentifier)
        case active(RunIdentifier)
    }

    private let items: [Item]
    private var next = 0
    /// Ids of runs that ended, as they were kept when the plan was made.
    private let ended: [[RunIdentifier]]
    private var place = (list: 0, index: 0)
    private var endedLeft: Int
    /// Of the message to be made.
    private(set) var part = 1

    init(_ items: [Item], ended: [[RunIdentifier]]) {
        self.items = items
        self.ended = ended
        endedLeft = ended.reduce(0) { $0 + $1.count }
        count = items.count + endedLeft
        skipEmpty()
    }

    var isDone: Bool { !hasRuns && place.list >= ended.count }

    /// Runs and ids that were to be sent.
    let count: Int

    var hasRuns: Bool { next < items.count }

    var firstRun: Item? { hasRuns ? items[next] : nil }

    mutating func removeFirstRun() { next += 1 }

    /// The next id, and the list it stands in.
    var firstEnded: RunIdentifier? {
        place.list < ended.count ? ended[place.list][place.index] : nil
    }

    mutating func removeFirstEnded() {
        place.index += 1
        endedLeft -= 1
        skipEmpty()
    }

    private mutating func skipEmpty() {
        while place.list < ended.count, place.index >= ended[place.list].count { place = (place.list + 1, 0) }
    }

    mutating func endPart() { part += 1 }

    /// About how many parts are needed for what is left.
    func estimate(limit: Int) -> Int { ResyncPlan.estimate(runs: items.count - next, ended: endedLeft, limit: limit) }

    static func estimate(runs: Int, ended: Int, limit: Int) -> Int { (runs * 250 + ended * 42) / max(limit, 1) + 1 }
}
