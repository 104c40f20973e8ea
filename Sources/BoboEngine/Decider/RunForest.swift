/// All active runs. Runs that wait at the same block form a tree: its root is the place where they wait, its leaves are the
/// runs, and each node between holds an event that all runs below it have accepted. A run's history is what it accepted
/// alone, then the events on the way from its leaf up to the root. So a group of runs accepts an event or moves to another
/// block in constant time, however many they are.
struct RunForest: ~Copyable {
    static let none: Int32 = -1

    // In this order 64 bytes, a line of the processor's caches.
    struct Node: Vacating {
        static var vacancy: Node { Node() }

        /// Of a node between: what all runs below it have accepted.
        var accepted: Accepted?
        var parent = RunForest.none
        /// Of a root: where its runs wait.
        var position = Position(-1)
        var keyState = RunForest.none
        var next = RunForest.none
        var previous = RunForest.none
        var firstChild = RunForest.none
        var lastChild = RunForest.none
        /// Of a leaf: its run.
        var run = RunForest.none
        /// Of a node between or a root: no run below has accepted more events than this.
        var longest: Int32 = 0
        /// Of a child of a root at an `absent` block: its wait.
        var wait = RunForest.none
    }

    struct Run: Vacating {
        static var vacancy: Run { Run() }

        var node = RunForest.none
        var keyState = RunForest.none
        /// Runs are numbered in the order of their start; 0 is no run.
        var start: UInt64 = 0
        /// The `ts` of its first event, and later by the steps of the machine's date since.
        var begin: Int64 = 0
        var first: Accepted?
        var own = ContiguousArray<Accepted>()
        /// What `first` and `own` hold, for expressions.
        var view: HistoryView?

        @inline(__always)
        var unheldFirst: Unmanaged<Event>? { first.map { .passUnretained($0.event) } }
    }

    var nodes = Slab<Node>()
    var runs = Slab<Run>()
    var waits = Slab<Wait>()

    mutating func insertRun(start: UInt64, keyState: Int32, first: Accepted) -> Int32 {
        let run = runs.insert(
            Run(keyState: keyState, start: start, begin: first.event.timestamp, first: first))
        let node = nodes.insert(Node(run: run))
        runs[run].node = node
        return run
    }

    mutating func makeRoot(keyState: Int32, position: Position) -> Int32 {
        var root = Node()
        root.keyState = keyState
        root.position = position
        return nodes.insert(root)
    }

    func isEmpty(root: Int32) -> Bool { nodes[root].firstChild == RunForest.none }

    func childCount(of node: Int32) -> Int {
        var count = 0
        var child = nodes[node].firstChild
        while child != RunForest.none {
            count += 1
            child = nodes[child].next
        }
        return count
    }

    func children(of node: Int32) -> [Int32] {
        var children: [Int32] = []
        var child = nodes[node].firstChild
        while child != RunForest.none {
            children.append(child)
            child = nodes[child].next
        }
        return children
    }

    // MARK: Links

    func append(_ child: Int32, to parent: Int32) {
        let last = nodes[parent].lastChild
        nodes[child].parent = parent
        nodes[child].previous = last
        nodes[child].next = RunForest.none
        if last == RunForest.none { nodes[parent].firstChild = child } else { nodes[last].next = child }
        nodes[parent].lastChild = child
        nodes[parent].longest = max(nodes[parent].longest, length(child))
    }

    func unlink(_ child: Int32) {
        let (parent, previous, next) = (nodes[child].parent, nodes[child].previous, nodes[child].next)
        if previous == RunForest.none { nodes[parent].firstChild = next } else { nodes[previous].next = next }
        if next == RunForest.none { nodes[parent].lastChild = previous } else { nodes[next].previous = previous }
    }

    private func length(_ node: Int32) -> Int32 {
        let run = nodes[node].run
        return run == RunForest.none ? nodes[node].longest : Int32(1 + runs[run].own.count)
    }

    /// Takes a node out of its tree, and with it the nodes above that have no other child.
    /// - Returns: the root it stood under.
    mutating func detach(_ node: Int32) -> Int32 {
        var parent = nodes[node].parent
        unlink(node)
        while nodes[parent].firstChild == RunForest.none, nodes[parent].parent != RunForest.none {
            let above = nodes[parent].parent
            unlink(parent)
            free(parent)
            parent = above
        }
        while nodes[parent].parent != RunForest.none { parent = nodes[parent].parent }
        return parent
    }

    // MARK: Histories

    /// What the run accepted together with others, oldest first.
    func shared(of run: Int32) -> ContiguousArray<Accepted> {
        var result = ContiguousArray<Accepted>()
        var node = nodes[runs[run].node].parent
        while node != RunForest.none, let accepted = nodes[node].accepted {
            result.append(accepted)
            node = nodes[node].parent
        }
        return result
    }

    /// Moves the run's leaf up to be a child of its root, with a history of its own.
    mutating func single(out run: Int32) {
        let leaf = runs[run].node
        guard nodes[nodes[leaf].parent].parent != RunForest.none else { return }
        var top = nodes[leaf].parent
        while nodes[nodes[top].parent].parent != RunForest.none { top = nodes[top].parent }
        let deadline = deadline(of: top)
        for accepted in shared(of: run) { extend(run, accepted) }
        let root = detach(leaf)
        append(leaf, to: root)
        setWait(of: leaf, until: deadline, timer: timer(of: leaf))
    }

    /// The run, which stands directly below a root, accepts an event by itself.
    func extend(_ run: Int32, _ accepted: Accepted) {
        runs[run].own.append(accepted)
        runs[run].view?.append(accepted)
        let root = nodes[runs[run].node].parent
        nodes[root].longest = max(nodes[root].longest, Int32(1 + runs[run].own.count))
    }

    /// The history of a run directly below a root, for expressions.
    func view(of run: Int32, groupCount: Int) -> HistoryView {
        if let view = runs[run].view { return view }
        let view = HistoryView(groupCount: groupCount)
        if let first = runs[run].first { view.append(first) }
        runs[run].own.forEach(view.append)
        runs[run].view = view
        return view
    }

    func length(of run: Int32) -> Int { 1 + runs[run].own.count + shared(of: run).count }

    func position(of run: Int32) -> Position {
        var node = runs[run].node
        while nodes[node].parent != RunForest.none { node = nodes[node].parent }
        return nodes[node].position
    }

    func block(of run: Int32) -> Int { Int(position(of: run).block) }

    // MARK: Walks

    func firstRun(below top: Int32) -> Int32 {
        var node = top
        while nodes[node].run == RunForest.none { node = nodes[node].firstChild }
        return nodes[node].run
    }

    /// The runs below a node (or the run of a leaf), in the order of the lists.
    func runs(below top: Int32) -> [Int32] {
        if nodes[top].run != RunForest.none { return [nodes[top].run] }
        var result: [Int32] = []
        walk(below: top, enter: { _ in }, leave: { _ in }, leaf: { result.append($0) })
        return result
    }

    /// Goes through the tree without recursion, since a loop makes it as deep as its history is long.
    func walk(below top: Int32, enter: (Int32) -> Void, leave: (Int32) -> Void, leaf: (Int32) -> Void) {
        var node = nodes[top].firstChild
        while node != RunForest.none {
            let run = nodes[node].run
            if run == RunForest.none {
                enter(node)
                node = nodes[node].firstChild
                continue
            }
            leaf(run)
            while nodes[node].next == RunForest.none {
                node = nodes[node].parent
                if node == top { return }
                leave(node)
            }
            node = nodes[node].next
        }
    }

    /// Frees a node that stands in no list, all below it, and the runs there.
    mutating func remove(tree top: Int32) {
        var stack = [top]
        while let node = stack.popLast() {
            var child = nodes[node].firstChild
            while child != RunForest.none {
                stack.append(child)
                child = nodes[child].next
            }
            if nodes[node].run != RunForest.none { runs.remove(nodes[node].run) }
            free(node)
        }
    }

    mutating func free(_ node: Int32) {
        endWait(of: node)
        nodes.remove(node)
    }
}
