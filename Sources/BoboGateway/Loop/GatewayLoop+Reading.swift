import BoboEngine
import BoboMQTT
import BoboPeers
import BoboSharing
import BoboTopics
import Logging

/// The way of a message from the socket to the engine, and of its acknowledgment back.
extension GatewayLoop {
    /// Connects what the connections tell with the engine.
    func listen() {
        reading.handlers.onMessage = { [unowned self] in enqueue($0, $1, isState: $2, $3) }
        publishing.onPublished = { [unowned self] run in shared.published([run], at: moment) }
        let inbox = Inbox(
            publishing.link, prefix: configuration.prefix, instance: configuration.instance,
            watch: watching.watchTopic, hasPeers: shared.peers != nil, logger: logger)
        if let observer { inbox.others.append(observer.gatewayListener(configuration, hasPeers: shared.peers != nil)) }
        if let discovery {
            let hasPeers = shared.peers != nil
            inbox.others.append(discovery.listener(hasPeers: hasPeers) { [unowned self] in clock.passed })
        }
        publishing.onConnected = { [unowned self] in discovery?.connected(at: clock.passed) }
        inbox.onWatch = { [unowned self] in beginWatching() }
        publishing.inbox = inbox
        guard shared.peers != nil else { return }
        reading.acts = { [unowned self] partition in shared.acts(on: partition) }
        reading.handlers.onConnected = { [unowned self] in shared.readingConnected(hasSession: $0, at: moment) }
        reading.handlers.onLost = { [unowned self] in shared.readingLost(at: moment) }
        reading.handlers.onOwnSubscribed = { [unowned self] in shared.markSubscribed(at: moment) }
        reading.handlers.onSubscribed = { [unowned self] in shared.subscribed($0, at: moment) }
        reading.handlers.onUnsubscribed = { [unowned self] in shared.unsubscribed($0, at: moment) }
        reading.handlers.onOwn = { [unowned self] topic, payload in takeOwn(topic, payload) }
        inbox.onChange = { [unowned self] isUp in
            shared.publishing(isUp: isUp, limit: isUp ? largestMessage : nil, at: moment)
        }
        publishing.onTooLarge = { [unowned self] bytes in shared.refused(bytes: bytes, at: moment) }
        inbox.onPeerMessage = { [unowned self] bytes in
            observer?.note(fromPeer: bytes.count)
            shared.receive(bytes, at: moment)
        }
        inbox.onStatus = { [unowned self] gateway, isOnline, isRetained in
            shared.status(of: gateway, isOnline: isOnline, isRetained: isRetained, at: moment)
        }
    }

    /// Bytes of a message to a peer that the broker takes at most, beside the packet's other fields: those of fixed length, and
    /// the inbox's topic.
    private var largestMessage: Int? {
        publishing.link.connection.maximumPacketSize.map { size in
            let lengths = configuration.peers.ids.compactMap { topics.inbox(of: $0)?.text.utf8.count }
            return max(0, Int(size) - 16 - (lengths.max() ?? 0))
        }
    }

    private func takeOwn(_ topic: String, _ payload: [UInt8]) {
        if topic == topics.mark?.text {
            if let number = Int(String(decoding: payload, as: UTF8.self)) { shared.markRead(number, at: moment) }
        } else if let name = partitioning.names.first(where: { partitioning.cutTopic(of: $0) == topic }) {
            let reader = String(decoding: payload, as: UTF8.self)
            logger.debug("from here on \(reader) reads the partition \(name)")
            shared.cut(name, reader, at: moment)
            // What is to be let go is asked for before anything is written, so that it goes with the cut's acknowledgment.
            carryOut()
        }
    }

    private func enqueue(_ topic: String, _ partition: String?, isState: Bool, _ message: BorrowedMessage) {
        messages += 1
        readSinceWrite += 1
        shared.hasWaiting = true
        queue.append(
            InputQueue.Waiting(
                topic: topic, payload: Array(message.payload), arrival: arrival(),
                isRetained: message.isRetained, isStateOnly: isState, number: messages, partition: partition,
                isOld: shared.readsOld))
    }

    /// What one batch brought must be with the broker before the next is read, and its acknowledgments written: mosquitto
    /// 2.0 sends more than the receive maximum, and they would pile up. While a batch to the peers fills, or what waited
    /// is held, reading goes on up to a bound. A policy that drops reads on regardless.
    func mayRead(_ moment: Moment) -> Bool {
        guard stopping.deadline == nil else { return readsWhileStopping }
        // What comes of a partition that is being let go, up to the broker's answer, is to be acknowledged and not to wait.
        guard !shared.isFinishing || !reading.isReady else { return false }
        guard queue.whenFull == .wait, reading.link.isConnected else { return true }
        if !shared.takesMessages { return readSinceWrite < GatewayLoop.unacknowledged }
        guard publishing.isIdle, queue.count == 0 else { return false }
        if !shared.mayAcknowledge(at: moment) {
            return shared.mayRead(at: moment) && readSinceWrite < GatewayLoop.unacknowledged
        }
        return !reading.link.connection.wantsWrite
    }

    /// Messages that a policy drops are acknowledged as they are read.
    func mayAcknowledge(_ moment: Moment) -> Bool {
        if let acknowledges = acknowledgesWhileStopping { return acknowledges }
        return !reading.link.isConnected || queue.whenFull != .wait
            || (publishing.isIdle && queue.count == 0 && shared.mayAcknowledge(at: moment))
    }

    func acknowledge() {
        guard reading.link.connection.wantsWrite, mayAcknowledge(moment) else { return }
        reading.link.connection.write()
        readSinceWrite = 0
    }

    /// - Returns: whether more can be done at once.
    func readAndTake() -> Bool {
        var more = false
        if mayRead(moment) {
            let room = queue.whenFull == .wait ? min(GatewayLoop.batch, max(1, queue.room)) : GatewayLoop.batch
            let before = messages
            more = reading.link.connection.read(maximumPackets: room)
            if messages > before { shared.heardReading(at: moment) }
        }
        guard stopping.deadline == nil || queue.count > 0, shared.takesMessages else { return more }
        var taken = 0
        var stopwatch = queue.count > 0 ? observer?.stopwatch : nil
        while queue.whenFull == .wait || (taken < GatewayLoop.slice && publishing.waiting < 10_000),
            let message = queue.popFirst()
        {
            taken += 1
            message.payload.withUnsafeBytes { bytes in
                shared.take(
                    Message(
                        topic: message.topic, payload: bytes, arrival: message.arrival, isRetained: message.isRetained,
                        number: message.number, isStateOnly: message.isStateOnly),
                    partition: message.partition, isOld: message.isOld)
            }
            stopwatch?.lap()
            observer?.note(message)
        }
        let isLettingGo = stopping.isAsked && reading.link.isConnected && !reading.isReady
        shared.hasWaiting = queue.count > 0 || isLettingGo
        if taken > 0 { shared.settle(at: moment) }
        return more || (queue.count > 0 && publishing.waiting < 10_000)
    }

    /// The date, but never before what the engine has seen by a little: clocks are put right in small steps, too.
    private func arrival() -> Int64 {
        let date = ArrivalClock.date
        guard let engineNow = shared.engine.now, engineNow - date < ArrivalClock.step else { return date }
        return max(date, engineNow)
    }

    /// Looks whether the machine's date was set: that is no passage of time.
    func noteDate() {
        guard let step = clock.now().step else { return }
        logger.warning("the machine's date was set", metadata: ["by": "\(Duration.milliseconds(step).rounded)"])
        shared.dateStepped(by: step, at: moment)
    }
}
