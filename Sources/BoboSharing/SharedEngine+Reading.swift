import BoboEngine
package import BoboPeers

/// The reading connection: whether it is good, what lay waiting in it, and what others may rely on.
extension SharedEngine {
    /// The reading connection is up; from now on it may hand over messages.
    package func readingConnected(hasSession: Bool, at moment: Moment) {
        guard peers != nil else { return }
        begin(moment)
        isReadingUp = true
        isMarkSubscribed = false
        effects += partitions.connected(hasSession: hasSession, isFirst: !hasConnected, now: moment.now)
        beginWaiting(lastGood: hasConnected ? lastRead : nil, moment)
        hasConnected = true
        carryOut(moment)
    }

    package func readingLost(at moment: Moment) {
        guard peers != nil else { return }
        begin(moment)
        isReadingUp = false
        partitions.lost()
        isMarkSubscribed = false
        carryOut(moment)
    }

    /// Something came on the reading connection: so far it was good. One that is lost is noticed much later, it may be.
    /// Whoever does not tell it makes this gateway take some messages for unread that others have read.
    package func heardReading(at moment: Moment) {
        if isReadingUp, !waited.isOld { lastRead = moment.now }
    }

    /// The topic of the gateway's marks is subscribed.
    package func markSubscribed(at moment: Moment) {
        begin(moment)
        isMarkSubscribed = true
        publishMark(moment)
        carryOut(moment)
    }

    package func markRead(_ number: Int, at moment: Moment) {
        begin(moment)
        if waited.markReturned(number) {
            if markReturned == nil { markReturned = markPublished }
            lastRead = moment.now
            partitions.rely(now: moment.now)
            if peers?.isReady == true, let isReadElsewhere {
                effects += partitions.settleLeftovers(now: moment.now, isReadElsewhere: isReadElsewhere)
            }
        }
        carryOut(moment)
    }

    package func subscribed(_ partition: String, at moment: Moment) {
        begin(moment)
        effects += partitions.subscribed(partition, now: moment.now)
        carryOut(moment)
    }

    package func unsubscribed(_ partition: String, at moment: Moment) {
        begin(moment)
        let peers = peers
        effects += partitions.unsubscribed(partition, now: moment.now) { peers?.isOffline($0) == true }
        carryOut(moment)
    }

    /// A message on the topic of a partition's cut.
    package func cut(_ partition: String, _ text: String, at moment: Moment) {
        begin(moment)
        effects += partitions.cut(partition, text, now: moment.now)
        carryOut(moment)
    }

    // MARK: Inside

    /// Two gateways say that they read one partition: the later one has cut it, and the other not read that yet. Its next mark
    /// comes after the cut.
    func doubtReading(_ peers: Peers, _ moment: Moment) {
        guard partitions.doubt({ peers.readsSince($0, after: $1) }) else { return }
        waited.renewMark()
        if isMarkSubscribed { publishMark(moment) }
        carryOut(moment)
    }

    /// After so long without a message a mark shows that the reading connection is good: should it be lost later, less of what
    /// waited then is taken for unread. nil where none is needed.
    var quiet: Duration? {
        options.dropsWhatOthersRead && isReadingUp && isMarkSubscribed ? options.peers?.pingAfter : nil
    }

    func beginWaiting(lastGood: Duration?, _ moment: Moment) {
        waited.begin(lastGood: lastGood, now: moment.now)
        peers?.ask(at: moment, runs)
    }

    func publishMark(_ moment: Moment) {
        guard peers != nil else { return }
        markPublished = moment.now
        effects.append(.publishMark(waited.mark))
    }

    /// Whether the broker holds nothing for this gateway that is to be read here.
    private var hasMadeWay: Bool { isReleased && !waited.isOld && takesMessages }

    /// After each input: whether what waited is decided now, and what others may rely on.
    func settleReading(_ moment: Moment) {
        guard peers != nil else { return }
        if waited.holds, let peers { _ = waited.advance(peers, now: moment.now) }
        // What is held may never be acted on here.
        let reads = isReadingUp && !waited.isOld && !waited.holds ? partitions.reads : [:]
        self.peers?.hasMadeWay = hasMadeWay
        guard reads != reported else { return }
        reported = reads
        self.peers?.reads(reads, at: moment, runs)
    }
}
