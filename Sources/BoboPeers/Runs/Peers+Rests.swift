package import BoboEngine

/// Keys that rest travel as they are: the latest of each key replaces what waits of it.
extension Peers {
    /// Takes the rests that began or ended here, before the changes of runs that came with them.
    package mutating func take(rests: [RestCopy], at moment: Moment, _ source: any RunSource) {
        guard !rests.isEmpty else { return }
        begin(moment)
        batches += 1
        for rest in rests { share(rest, moment) }
        settle(moment, source)
    }

    /// Puts a rest on the way to all joined peers but one.
    mutating func share(_ rest: RestCopy, _ moment: Moment, except: Int? = nil) {
        for place in peers.indices where place != except && peers[place].joined != nil {
            // The full state will have it.
            if case .wanted = peers[place].resync { continue }
            peers[place].rests.add(rest, now: moment.now)
            guard peers[place].rests.count > options.stashLimit else { continue }
            log(.stashOverflow(peers[place].id, runs: options.stashLimit))
            wantResync(place, why: "its stash was full", moment)
        }
    }

    /// Adds the rests that wait; they stand before the runs of their message.
    /// - Returns: whether all of them are in.
    mutating func addRests(to body: inout MessageBody, _ place: Int, _ moment: Moment) -> Bool {
        while let rest = peers[place].rests.first {
            switch body.rest(rest) {
            case .full, .begun: return false
            case .tooLarge(let bytes): noteTooLarge(place, bytes, moment)
            case .added: break
            }
            peers[place].rests.removeFirst()
        }
        return true
    }

    /// The rests that a message tells of, as the engine takes them.
    mutating func rests(_ place: Int, _ message: PeerMessage, _ moment: Moment, _ source: any RunSource) -> [RestCopy] {
        var rests: [RestCopy] = []
        entries: for entry in message.resting {
            guard let pattern = pattern(entry.pattern, place, count: 1, isBrief: false, source) else { continue }
            var history: [HistoryEntry] = []
            for addition in entry.add {
                guard let event = source.event(from: message.events[addition.place]) else {
                    counters.refusedEntries += 1
                    continue entries
                }
                history.append(HistoryEntry(event: event, group: addition.group))
            }
            let rest = RestCopy(
                phenomenon: pattern.phenomenon, pattern: pattern.pattern, version: pattern.version, key: entry.key,
                run: entry.run, timestamp: entry.timestamp, ended: entry.ended, history: history)
            restOrigins.set(entry.run, RestOrigin(peer: place, at: moment.now, rest: rest), now: moment.now)
            rests.append(rest)
        }
        return rests
    }
}

/// A rest whose last change came from a peer.
struct RestOrigin {
    let peer: Int
    let at: Duration
    let rest: RestCopy
}
