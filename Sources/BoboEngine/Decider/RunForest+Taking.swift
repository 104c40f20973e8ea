/// How runs leave the forest that complete together.
extension RunForest {
    /// Takes a tree apart that stands in no list, and frees it: its runs, in the order of the lists, with their starts and
    /// what they accepted by themselves, each moved out. Before those that hang on one node comes what they accepted together.
    mutating func takeApart(
        _ top: Int32,
        _ body: (
            _ start: UInt64, _ first: consuming Accepted, _ own: consuming ContiguousArray<Accepted>,
            _ shared: ContiguousArray<Accepted>?
        ) -> Void
    ) {
        var path = ContiguousArray<Accepted>()
        if let accepted = nodes[top].accepted { path.append(accepted) }
        var isNew = true
        var node = nodes[top].run == RunForest.none ? nodes[top].firstChild : top
        var asked = 0
        while node != RunForest.none {
            if asked == 0 { asked = foresee(from: node) }
            asked -= 1
            guard nodes[node].run != RunForest.none else {
                if let accepted = nodes[node].accepted { path.append(accepted) }
                isNew = true
                node = nodes[node].firstChild
                continue
            }
            var (next, parent) = (nodes[node].next, nodes[node].parent)
            var run = runs.take(nodes[node].run)
            free(node)
            if let first = run.first.take() {
                body(run.start, first, run.own, isNew ? ContiguousArray(path.reversed()) : nil)
            }
            isNew = false
            if node == top { return }
            while next == RunForest.none {
                let done = parent
                (next, parent) = (nodes[done].next, nodes[done].parent)
                free(done)
                if done == top { return }
                path.removeLast()
                isNew = true
            }
            node = next
        }
    }

    /// Runs that began at different times lie far apart, and so do their events: what the next ones of a list need is asked for
    /// together, step by step.
    /// - Returns: so many of the list, this one among them.
    private func foresee(from first: Int32) -> Int {
        let (most, next) = (16, nodes[first].next)
        guard next != RunForest.none else { return 1 }
        // The processor itself sees that one lies behind the other.
        guard nodes[next].run - nodes[first].run != 1 else { return most }
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: most) { list in
            var (count, node) = (0, first)
            while node != RunForest.none, count < most {
                list[count] = nodes[node].run
                if list[count] != RunForest.none { prefetch(runs.view + Int(list[count]), lines: 2) }
                count += 1
                node = nodes[node].next
            }
            for run in list[..<count] where run != RunForest.none {
                if let first = runs[run].unheldFirst { prefetch(first.toOpaque(), lines: 2) }
            }
            for run in list[..<count] where run != RunForest.none {
                runs[run].unheldFirst?._withUnsafeGuaranteedRef { prefetch($0.content.start, lines: 3) }
            }
            return count
        }
    }
}
