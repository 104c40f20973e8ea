import BoboEngine

extension Peers {
    /// Answers a message that does not name both incarnations: whoever sent it is to show that he lives.
    mutating func challenge(_ place: Int, _ message: PeerMessage, _ moment: Moment) {
        counters.ofOtherIncarnations += 1
        if let last = peers[place].lastChallenge, moment.now - last < .seconds(1) { return }
        guard isConnected else { return }
        peers[place].lastChallenge = moment.now
        var head = head(place, .ping, moment)
        head.ack = PeerMessage.Acknowledgment(
            epoch: message.epoch, seq: message.epoch == peers[place].joined ? peers[place].heard : 0)
        head.token = giveToken(place, moment)
        head.echo = message.token
        head.need = []
        var body = MessageBody(limit: 0)
        _ = post(place, head.json(&body))
    }

    mutating func giveToken(_ place: Int, _ moment: Moment) -> Random128 {
        let token = Random128(using: &random)
        peers[place].tokens.give(token, moment.now)
        return token
    }

    /// The sender of a message lives now: its epoch takes the place of the former one.
    mutating func join(_ place: Int, _ epoch: Random128, _ moment: Moment) {
        if peers[place].joined != epoch {
            if peers[place].joined != nil { goesAway(place, why: "it began anew", moment) }
            forgetUnacknowledged(place)
            if peers[place].isLeaving { publishersChanged = true }
            peers[place].beginAnew()
            peers[place].joined = epoch
            log(.joined(peers[place].id, epoch: epoch.description))
        }
        // The first counted message is part 1 of the full state; that the peer lives is known.
        peers[place].resync = .wanted(next: moment.now)
    }

    /// This gateway takes a new epoch: all that is under way, here or in the network, is void.
    mutating func takeNewEpoch(_ moment: Moment) {
        epoch = Random128(using: &random)
        for place in peers.indices {
            let peer = peers[place]
            forgetUnacknowledged(place)
            peers[place].beginAnew()
            peers[place].outbox = Outbox()
            peers[place].tokens.removeAll()
            peers[place].toEcho = nil
            peers[place].sendsReset = true
            peers[place].lastSuccessEver = peer.lastSuccessEver
            peers[place].resync = .wanted(next: moment.now)
        }
    }
}
