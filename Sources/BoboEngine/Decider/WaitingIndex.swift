import CEL
import HeapModule

/// The runs of one key that wait at one block, by what their histories say where the block's condition compares that with the
/// event: it tells those that an event may move, whichever else wait there.
///
/// Runs go elsewhere without a word to it, so what it tells is to be checked (`RunForest.isWaiting`).
final class WaitingIndex {
    struct Entry {
        let run: Int32
        /// How many events its history had.
        let length: Int32
        let start: UInt64
    }

    struct Candidate: Comparable {
        let entry: Entry
        /// Its place in the order; 0 where equality is asked.
        fileprivate let number: Double

        static func < (left: Candidate, right: Candidate) -> Bool { left.number < right.number }
        static func == (left: Candidate, right: Candidate) -> Bool { left.number == right.number }
    }

    private var byKey: [KeyValue: [Candidate]] = [:]
    private var byNumber = Heap<Candidate>()
    private var others: [Candidate] = []
    /// They have come since the last event, and what their histories say is not known yet.
    private var arrived: [Entry] = []
    private var count = 0
    private var limit = 64

    /// The runs below a node that has come to the place.
    func note(_ node: Int32, _ forest: borrowing RunForest) {
        for run in forest.runs(below: node) {
            arrived.append(
                Entry(run: run, length: Int32(forest.length(of: run)), start: forest.runs[run].start))
        }
    }

    /// Those of which nobody knows where they belong.
    func takeArrived() -> [Entry] {
        defer { arrived = [] }
        return arrived
    }

    func insert(_ entry: Entry, _ filing: HistoryComparison.Filing) {
        count += 1
        switch filing {
        case .key(let key): byKey[key, default: []].append(Candidate(entry: entry, number: 0))
        case .number(let number): byNumber.insert(Candidate(entry: entry, number: number))
        case .other: others.append(Candidate(entry: entry, number: 0))
        }
    }

    /// Takes those out that an event of such a value may match, in the order of their starts; whoever asks them puts those back
    /// that stay.
    func take(_ filing: HistoryComparison.Filing) -> [Candidate] {
        var found: [Candidate] = []
        switch filing {
        case .key(let key): found = byKey.removeValue(forKey: key) ?? []
        case .number(let number):
            while let least = byNumber.min, least.number <= number {
                byNumber.removeMin()
                found.append(least)
            }
        case .other: swap(&found, &others)
        }
        count -= found.count
        found.sort { $0.entry.start < $1.entry.start }
        return found
    }

    func putBack(_ candidates: [Candidate], _ filing: HistoryComparison.Filing) {
        guard !candidates.isEmpty else { return }
        count += candidates.count
        switch filing {
        case .key(let key): byKey[key, default: []] += candidates
        case .number: byNumber.insert(contentsOf: candidates)
        case .other: others += candidates
        }
    }

    /// Lets go of runs that wait here no more, now and then.
    func prune(isWaiting: (Entry) -> Bool) {
        guard count > limit else { return }
        byKey = byKey.compactMapValues { candidates in
            let left = candidates.filter { isWaiting($0.entry) }
            return left.isEmpty ? nil : left
        }
        byNumber = Heap(byNumber.unordered.filter { isWaiting($0.entry) })
        others.removeAll { !isWaiting($0.entry) }
        count = byKey.values.reduce(byNumber.count + others.count) { $0 + $1.count }
        limit = max(64, 2 * count)
    }
}
