import BoboEngine
import CEL

/// A run's last change that came from a peer.
struct Origin {
    let peer: Int
    let at: Duration
    let content: Stash.Content
    /// Of an active run, as it was taken over.
    let rank: RunRank?
}

extension Peers {
    /// What one message changes, before the engine has it.
    private struct Application {
        var changes: [PeerChange] = []
        /// Runs as earlier entries of the message leave them.
        var copies: [RunIdentifier: RunCopy] = [:]
        /// What is known of by id only.
        var ends: [(run: RunIdentifier, isCompleted: Bool, ago: Duration)] = []
        var toPublish: [RunIdentifier] = []
        var toDiscard: [RunIdentifier] = []
        var events: [Event?]
    }

    mutating func apply(_ place: Int, _ message: PeerMessage, _ moment: Moment, _ source: any RunSource) {
        var application = Application(events: Array(repeating: nil, count: message.events.count))
        for (kind, entry) in message.orderedEntries {
            if !entry.isBrief, !runs(entry, place, source) { continue }
            switch kind {
            case .completed: complete(place, entry, message, &application, moment, source)
            case .halted: halt(place, entry, &application, moment)
            case .updated: update(place, entry, message, &application, moment, source)
            }
        }
        for run in message.published { notePublished(run, &application, moment) }
        if !application.changes.isEmpty { act(.apply(application.changes)) }
        if !application.ends.isEmpty { act(.remember(application.ends)) }
        if !application.toPublish.isEmpty { act(.publish(application.toPublish)) }
        if !application.toDiscard.isEmpty { act(.discard(application.toDiscard)) }
    }

    /// Whether the entry's pattern runs here, in this version.
    private mutating func runs(_ entry: RunEntry, _ place: Int, _ source: any RunSource) -> Bool {
        if source.version(phenomenon: entry.phenomenon, pattern: entry.pattern) == entry.version { return true }
        counters.versionMismatches += entry.identifiers.count
        let line = PeerLog.versionMismatch(peers[place].id, phenomenon: entry.phenomenon, pattern: entry.pattern)
        if mismatches.count < 1000, mismatches.insert(line).inserted { log(line) }
        return false
    }

    // MARK: Entries

    private mutating func update(
        _ place: Int, _ entry: RunEntry, _ message: PeerMessage, _ application: inout Application, _ moment: Moment,
        _ source: any RunSource
    ) {
        for (index, run) in entry.identifiers.enumerated() where remembered[run] == nil {
            let standing = localRank(run, application, source).map(RunStanding.active) ?? .unknown
            // A part of a history is a base for what follows.
            if let block = entry.block, let hash = hash(entry, index, message) {
                let rank = RunStanding.active(RunRank(block: block, length: entry.length, hash: hash))
                guard RunStanding.merge(standing, rank) != standing else {
                    peers[place].needs[run] = nil
                    continue
                }
            }
            guard let history = history(place, entry, index, message, &application, source) else { continue }
            guard let block = entry.block else {
                peers[place].parts.keep(history, of: run, added: history.suffix(entry.add.count))
                continue
            }
            let copy = copy(run, entry, block, history)
            peers[place].parts.remove(run)
            peers[place].needs[run] = nil
            application.copies[run] = copy
            application.changes.append(.update(copy))
            origins[run] = Origin(peer: place, at: moment.now, content: .updated, rank: copy.rank)
        }
    }

    private mutating func complete(
        _ place: Int, _ entry: RunEntry, _ message: PeerMessage, _ application: inout Application, _ moment: Moment,
        _ source: any RunSource
    ) {
        for (index, run) in entry.identifiers.enumerated() {
            peers[place].unacknowledged.remove(run)
            let ended = ages(moment) - .milliseconds(entry.ended[index])
            if remembered[run]?.isCompleted == true {
                if entry.isBrief || entry.published {
                    notePublished(run, &application, moment)
                } else if let publisher = entry.publisher {
                    agree(on: publisher, of: run, with: peers[place].id, &application, moment)
                }
                continue
            }
            if entry.isBrief {
                guard !remembered.isPast(ended, ages(moment)) else { continue }
                remembered.completeBriefly(
                    run, phenomenon: entry.phenomenon, pattern: entry.pattern, ended: ended)
                application.copies[run] = nil
                application.ends.append((run, true, .milliseconds(entry.ended[index])))
                continue
            }
            guard let block = entry.block, let timestamp = entry.timestamp,
                let history = history(place, entry, index, message, &application, source)
            else { continue }
            peers[place].parts.remove(run)
            peers[place].needs[run] = nil
            let copy = copy(run, entry, block, history)
            application.changes.append(.complete(copy, timestamp: timestamp))
            origins[run] = Origin(peer: place, at: moment.now, content: .completed, rank: nil)
            let publisher = entry.publisher ?? peers[place].id
            let isPublished = remembered.complete(
                copy, timestamp: timestamp, publisher: publisher, isPublished: entry.published, ended: ended)
            if isPublished {
                application.toDiscard.append(run)
                dropHistoryIfDone(run)
            } else if publisher == options.gateway {
                publishing.insert(run)
                application.toPublish.append(run)
            } else {
                awaited[run] = moment.now
            }
        }
    }

    private mutating func halt(
        _ place: Int, _ entry: RunEntry, _ application: inout Application, _ moment: Moment
    ) {
        for (index, run) in entry.identifiers.enumerated() {
            // Whoever halted a run that is complete here has still to hear of that.
            if remembered[run]?.isCompleted != true { peers[place].unacknowledged.remove(run) }
            peers[place].needs[run] = nil
            peers[place].parts.remove(run)
            let ended = ages(moment) - .milliseconds(entry.ended[index])
            guard remembered[run] == nil, !remembered.isPast(ended, ages(moment)) else { continue }
            remembered.halt(run, phenomenon: entry.phenomenon, pattern: entry.pattern, ended: ended)
            application.copies[run] = nil
            guard let timestamp = entry.timestamp, let version = entry.version else {
                application.ends.append((run, false, .milliseconds(entry.ended[index])))
                continue
            }
            application.changes.append(
                .halt(
                    run, phenomenon: entry.phenomenon, pattern: entry.pattern, key: entry.key, timestamp: timestamp))
            let identity = PatternIdentity(phenomenon: entry.phenomenon, pattern: entry.pattern, version: version)
            origins[run] = Origin(
                peer: place, at: moment.now, content: .halted(identity, key: entry.key, timestamp: timestamp),
                rank: nil)
        }
    }

    /// Two gateways have completed one run, each with an event of its own, and the one that is to publish it by this
    /// gateway's reckoning names another: it waits as well, it may be for this one.
    private mutating func agree(
        on publisher: String, of run: RunIdentifier, with peer: String, _ application: inout Application,
        _ moment: Moment
    ) {
        guard awaited[run] != nil, let known = remembered.completed[run]?.publisher, known == peer, publisher != peer
        else { return }
        var next = publisher
        // Where this gateway completed it itself the peer hears what was said here, and comes to the same choice.
        if publisher == options.gateway, origins[run] == nil {
            next = Rendezvous.first([publisher, peer], for: run.description) ?? publisher
        }
        remembered.setPublisher(next, of: run)
        guard next == options.gateway else { return awaited[run] = moment.now }
        awaited[run] = nil
        publishing.insert(run)
        application.toPublish.append(run)
    }

    private mutating func notePublished(_ run: RunIdentifier, _ application: inout Application, _ moment: Moment) {
        guard remembered.publish(run, now: ages(moment)) else { return }
        awaited[run] = nil
        if publishing.contains(run) { return }
        application.toDiscard.append(run)
        dropHistoryIfDone(run)
    }

    // MARK: Histories

    private func localRank(
        _ run: RunIdentifier, _ application: Application, _ source: any RunSource
    ) -> RunRank? {
        if let copy = application.copies[run] { return copy.rank }
        return isSourceStale ? nil : source.rank(of: run)
    }

    /// Of the ids of the whole history: as given, or what the hash of the base comes to with the events that are added.
    private func hash(_ entry: RunEntry, _ index: Int, _ message: PeerMessage) -> Hash128? {
        if entry.base == 0 { return entry.hashes[index] }
        var hash = entry.baseHashes[index]
        for addition in entry.add { hash.combine(message.events[addition.place].identifier.description) }
        return hash
    }

    /// The history that the entry says, from what is here and what it adds; nil where what it is based on is not here, and
    /// is asked for, or where it is none.
    private mutating func history(
        _ place: Int, _ entry: RunEntry, _ index: Int, _ message: PeerMessage, _ application: inout Application,
        _ source: any RunSource
    ) -> [HistoryEntry]? {
        let run = entry.identifiers[index]
        var history: [HistoryEntry] = []
        history.reserveCapacity(entry.length <= 1 << 20 ? entry.length : 0)
        if entry.base > 0 {
            guard let base = base(place, run, entry.base, entry.baseHashes[index], application, source) else {
                if peers[place].needs.count < options.stashLimit, peers[place].needs[run] == nil {
                    peers[place].needs[run] = 0
                    counters.needs += 1
                }
                return nil
            }
            history += base
        }
        for addition in entry.add {
            guard let event = event(addition.place, message, &application, source) else {
                counters.refusedEntries += 1
                return nil
            }
            history.append(HistoryEntry(event: event, group: addition.group))
        }
        guard entry.base > 0 || identifiers(history) == entry.hashes[index] else {
            counters.refusedEntries += 1
            return nil
        }
        return history
    }

    private func base(
        _ place: Int, _ run: RunIdentifier, _ length: Int, _ hash: Hash128, _ application: Application,
        _ source: any RunSource
    ) -> ArraySlice<HistoryEntry>? {
        let candidates = [
            application.copies[run]?.history, peers[place].parts[run],
            isSourceStale ? nil : source.copy(of: run)?.history,
        ]
        for case let history? in candidates where history.count >= length {
            let base = history.prefix(length)
            if identifiers(base) == hash { return base }
        }
        return nil
    }

    private func identifiers(_ history: some Sequence<HistoryEntry>) -> Hash128 {
        var hash = Hash128()
        for entry in history { hash.combine(entry.event.identifier.description) }
        return hash
    }

    private func event(
        _ place: Int, _ message: PeerMessage, _ application: inout Application, _ source: any RunSource
    ) -> Event? {
        if let event = application.events[place] { return event }
        let event = source.event(from: message.events[place])
        application.events[place] = event
        return event
    }

    private func copy(
        _ run: RunIdentifier, _ entry: RunEntry, _ block: Int, _ history: [HistoryEntry]
    ) -> RunCopy {
        RunCopy(
            identifier: run, phenomenon: entry.phenomenon, pattern: entry.pattern, version: entry.version ?? Hash128(),
            key: entry.key, block: block, history: history)
    }
}
