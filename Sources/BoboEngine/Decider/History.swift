import CEL

/// An event that a run has accepted, and the group it stands in: its number in the pattern, or `noGroup`.
struct Accepted: Sendable {
    static let noGroup: Int32 = -1

    let event: Event
    let group: Int32
}

/// The history of one run as expressions read it, made when an expression asks and extended as the run goes on.
final class HistoryView {
    let all = GrowingList()
    let groups: [GrowingList]

    init(groupCount: Int) { groups = (0..<groupCount).map { _ in GrowingList() } }

    func append(_ accepted: Accepted) {
        let value = Value.object(accepted.event)
        all.append(value)
        if accepted.group >= 0 { groups[Int(accepted.group)].append(value) }
    }
}

/// The events of a run that ended, oldest first. Runs that moved together share what they accepted together.
package struct RunHistory: Sendable {
    let first: Accepted
    /// What the run accepted by itself after the first.
    let own: ContiguousArray<Accepted>
    /// What it accepted together with others, after that.
    let shared: ContiguousArray<Accepted>

    package var count: Int { 1 + own.count + shared.count }

    var last: Event { shared.last?.event ?? own.last?.event ?? first.event }

    func forEach(_ body: (Accepted) -> Void) {
        body(first)
        own.forEach(body)
        shared.forEach(body)
    }

    func view(groupCount: Int) -> HistoryView {
        let view = HistoryView(groupCount: groupCount)
        forEach(view.append)
        return view
    }
}
