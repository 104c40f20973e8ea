/// How long runs wait at `absent` blocks: those that came to one together, together.
extension RunForest {
    struct Wait: Vacating {
        static var vacancy: Wait { Wait() }

        var deadline: Int64 = .max
        /// The timer that will say that it has ended; 0: none.
        var timer: UInt64 = 0
    }

    /// `.max` where it does not wait.
    func deadline(of node: Int32) -> Int64 {
        let wait = nodes[node].wait
        return wait == RunForest.none ? .max : waits[wait].deadline
    }

    /// 0 where it does not wait.
    func timer(of node: Int32) -> UInt64 {
        let wait = nodes[node].wait
        return wait == RunForest.none ? 0 : waits[wait].timer
    }

    mutating func setWait(of node: Int32, until deadline: Int64, timer: UInt64) {
        guard deadline != .max || timer != 0 else { return endWait(of: node) }
        if nodes[node].wait == RunForest.none { nodes[node].wait = waits.insert(Wait()) }
        waits[nodes[node].wait] = Wait(deadline: deadline, timer: timer)
    }

    @inline(__always)
    mutating func endWait(of node: Int32) {
        guard nodes[node].wait != RunForest.none else { return }
        waits.remove(nodes[node].wait)
        nodes[node].wait = RunForest.none
    }

    /// The machine's date has been set.
    func shiftWaits(by milliseconds: Int64) {
        waits.forEachPlace { wait in
            if waits[wait].deadline != .max { waits[wait].deadline = waits[wait].deadline.addingClamped(milliseconds) }
        }
    }
}
