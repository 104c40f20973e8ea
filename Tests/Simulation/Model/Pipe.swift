import DequeModule

/// One direction of a connection: packets arrive in order, each after a delay. Held back, as TCP does where nothing gets
/// through, they arrive later; cut, they are lost.
final class Pipe<Packet> {
    private let schedule: Schedule
    private var queue = Deque<(at: Duration, packet: Packet)>()
    private var last = Duration.zero
    private var heldUntil = Duration.zero
    private var isWaiting = false
    private var isCut = false
    var delay: () -> Duration
    private let deliver: (Packet) -> Void

    init(_ schedule: Schedule, delay: @escaping () -> Duration, deliver: @escaping (Packet) -> Void) {
        self.schedule = schedule
        self.delay = delay
        self.deliver = deliver
    }

    func send(_ packet: Packet) {
        guard !isCut else { return }
        last = max(last, schedule.now + delay())
        queue.append((last, packet))
        wait()
    }

    func hold(until time: Duration) { heldUntil = max(heldUntil, time) }

    func cut() {
        isCut = true
        queue.removeAll()
    }

    private func wait() {
        guard !isWaiting, let first = queue.first else { return }
        isWaiting = true
        schedule.at(max(first.at, heldUntil)) { [self] in
            isWaiting = false
            while let first = queue.first, first.at <= schedule.now, heldUntil <= schedule.now {
                queue.removeFirst()
                deliver(first.packet)
            }
            wait()
        }
    }
}
