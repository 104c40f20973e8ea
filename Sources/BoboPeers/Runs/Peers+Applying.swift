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
        var copies: [RunIdentifier: (copy: RunCopy, rank: RunRank)] = [:]
        /// What is known of by id only.
        var ends: [(run: RunIdentifier, isCompleted: Bool, ago: Duration)] = []
        var toPublish: [RunIdentifier] = []
        var toDiscard: [RunIdentifier] = []
        var events: [Event?]
    }

    mutating func apply(_ place: Int, _ message: PeerMessage, _ moment: Moment, _ source: any RunSource) {
        var application = Application(events: Array(repeating: nil, count: message.events.count))
        application.changes = rests(place, message, moment, source).map { .rest($0) }
        for (kind, entry) in message.orderedEntries {
            let isBrief = kind != .updated && entry.isBrief
            guard
                let pattern = pattern(
                    entry.pattern, place, count: entry.identifiers.count, isBrief: isBrief, source)
            else { continue }
            switch kind {
            case .completed: complete(place, entry, pattern, message, &application, moment, source)
            case .halted: halt(place, entry, pattern, &application, moment)
            case .updated: update(place, entry, pattern, message, &application, moment, source)
            }
        }
        for run in message.published { notePublished(run, &application, moment) }
        if !application.changes.isEmpty { act(.apply(application.changes)) }
        if !application.ends.isEmpty { act(.remember(application.ends)) }
        if !application.toPublish.isEmpty { act(.publish(application.toPublish)) }
        if !application.toDiscard.isEmpty { act(.discard(application.toDiscard)) }
    }

    /// The entry's pattern; nil where it does not run here in this version, which does not matter to a brief entry.
    /// - Parameter count: of its runs.
    mutating func pattern(
        _ reference: PatternReference, _ place: Int, count: Int, isBrief: Bool, _ source: any RunSource
    ) -> PatternIdentity? {
        let pattern: PatternIdentity
        switch reference {
        case .place(let number):
            guard let known = peers[place].tableHeard[number] else {
                counters.refusedEntries += 1
                return nil
            }
            pattern = known
        case .name(let phenomenon, let name, let version):
            pattern = PatternIdentity(phenomenon: phenomenon, pattern: name, version: version ?? Hash128())
        }
        if isBrief { return pattern }
        if source.version(phenomenon: pattern.phenomenon, pattern: pattern.pattern) == pattern.version {
            return pattern
        }
        counters.versionMismatches += count
        let line = PeerLog.versionMismatch(
            peers[place].id, phenomenon: pattern.phenomenon, pattern: pattern.pattern)
        if mismatches.count < 1000, mismatches.insert(line).inserted { log(line) }
        return nil
    }

    // MARK: Entries

    private mutating func update(
        _ place: Int, _ entry: RunEntry, _ pattern: PatternIdentity, _ message: PeerMessage,
        _ application: inout Application, _ moment: Moment, _ source: any RunSource
    ) {
        for (index, run) in entry.identifiers.enumerated() {
            let known = remembered[run]
            guard known == nil || known?.isSilent == true else { continue }
            let base = entry.base(index)
            guard let block = entry.block else {
                // A part of a history is a base for what follows.
                guard
                    let copy = whole(place, entry, index, pattern, block: 0, message, &application, source)
                else { continue }
                peers[place].parts.keep(copy, added: copy.history.suffix(entry.add.count))
                continue
            }
            var hash = base.hash
            for addition in entry.add { hash.combine(message.events[addition.place].identifier) }
            let rank = RunRank(block: block, length: base.length + entry.add.count, hash: hash)
            if let standing = localRank(run, application, source), rank <= standing,
                !(rank == standing && isDatedLater(run, entry, base, message, source))
            {
                if !peers[place].needs.isEmpty { peers[place].needs[run] = nil }
                continue
            }
            if known != nil {
                // The engine, which has halted it by its clock, says so to all: this peer's clock has not.
                guard let copy = whole(place, entry, index, pattern, block: block, message, &application, source)
                else { continue }
                guard let first = copy.first, !source.isOver(first: first, pattern) else {
                    application.changes.append(.update(copy))
                    continue
                }
                // A clock that was wrong has halted it.
                remembered.remove(run)
            }
            let copy: RunCopy
            if base.length > 0, source.takesParts, hasActive(run, base, application, source) {
                guard let history = added(entry, message, &application, source) else { continue }
                copy = RunCopy(
                    identifier: run, phenomenon: pattern.phenomenon, pattern: pattern.pattern, version: pattern.version,
                    key: .null, block: block, base: base.length, baseHash: base.hash, history: history,
                    satisfied: entry.satisfied, arrival: entry.arrival)
            } else {
                guard
                    let whole = whole(place, entry, index, pattern, block: block, message, &application, source)
                else { continue }
                copy = whole
                peers[place].parts.remove(run)
            }
            if !peers[place].needs.isEmpty { peers[place].needs[run] = nil }
            application.copies[run] = (copy, rank)
            application.changes.append(.update(copy))
            // It has what it has sent.
            peers[place].bases[run] = KnownPart(length: rank.length, hash: rank.hash)
            noteOrigin(run, Origin(peer: place, at: moment.now, content: .updated, rank: rank))
        }
    }

    /// Whether the first event of an update is by far later than it is here: one of two gateways that read it has a date that
    /// is wrong. The later counts, at all.
    private func isDatedLater(
        _ run: RunIdentifier, _ entry: RunEntry, _ base: KnownPart, _ message: PeerMessage, _ source: any RunSource
    ) -> Bool {
        guard base.length == 0, !isSourceStale, let first = entry.add.first, let begin = source.begin(of: run) else {
            return false
        }
        return message.events[first.place].timestamp > begin + RunCopy.disagreement
    }

    private mutating func complete(
        _ place: Int, _ entry: RunEntry, _ pattern: PatternIdentity, _ message: PeerMessage,
        _ application: inout Application, _ moment: Moment, _ source: any RunSource
    ) {
        for (index, run) in entry.identifiers.enumerated() {
            if !peers[place].unacknowledged.isEmpty { peers[place].unacknowledged.remove(run) }
            let ended = ages(moment) - .milliseconds(entry.ended[index])
            if remembered[run]?.isCompleted == true {
                if entry.isBrief || entry.published {
                    notePublished(run, &application, moment)
                } else if let publisher = entry.publisher {
                    noteTeller(place, publisher, of: run, moment)
                    agree(on: publisher, of: run, with: peers[place].id, &application, moment)
                }
                dropHistoryIfDone(run)
                continue
            }
            if entry.isBrief {
                guard !remembered.isPast(ended, ages(moment)) else { continue }
                remembered.completeBriefly(
                    run, phenomenon: pattern.phenomenon, pattern: pattern.pattern, ended: ended)
                if !application.copies.isEmpty { application.copies[run] = nil }
                forgetBases(run)
                application.ends.append((run, true, .milliseconds(entry.ended[index])))
                continue
            }
            guard let block = entry.block, let timestamp = entry.timestamp,
                let copy = whole(place, entry, index, pattern, block: block, message, &application, source)
            else { continue }
            peers[place].parts.remove(run)
            forgetBases(run)
            if !peers[place].needs.isEmpty { peers[place].needs[run] = nil }
            application.changes.append(.complete(copy, timestamp: timestamp))
            noteOrigin(run, Origin(peer: place, at: moment.now, content: .completed, rank: nil))
            let publisher = entry.publisher ?? peers[place].id
            let isPublished = remembered.complete(
                copy, timestamp: timestamp, publisher: publisher, isPublished: entry.published, ended: ended)
            noteTeller(place, publisher, of: run, moment)
            if isPublished {
                application.toDiscard.append(run)
                dropHistoryIfDone(run)
            } else if publisher == options.gateway {
                publishing.insert(run)
                application.toPublish.append(run)
            } else {
                expectPublished(run, moment)
            }
        }
    }

    private mutating func halt(
        _ place: Int, _ entry: RunEntry, _ pattern: PatternIdentity, _ application: inout Application, _ moment: Moment
    ) {
        for (index, run) in entry.identifiers.enumerated() {
            // Whoever halted a run that is complete here has still to hear of that.
            let known = remembered[run]
            if known?.isCompleted != true, !peers[place].unacknowledged.isEmpty {
                peers[place].unacknowledged.remove(run)
            }
            if !peers[place].needs.isEmpty { peers[place].needs[run] = nil }
            peers[place].parts.remove(run)
            let ended = ages(moment) - .milliseconds(entry.ended[index])
            guard known == nil, !remembered.isPast(ended, ages(moment)) else { continue }
            remembered.halt(run, phenomenon: pattern.phenomenon, pattern: pattern.pattern, ended: ended)
            if !application.copies.isEmpty { application.copies[run] = nil }
            forgetBases(run)
            guard let timestamp = entry.timestamp else {
                application.ends.append((run, false, .milliseconds(entry.ended[index])))
                continue
            }
            let key = entry.key ?? .null
            application.changes.append(
                .halt(run, phenomenon: pattern.phenomenon, pattern: pattern.pattern, key: key, timestamp: timestamp))
            noteOrigin(
                run,
                Origin(
                    peer: place, at: moment.now, content: .halted(pattern, key: key, timestamp: timestamp), rank: nil))
        }
    }

    /// Of a run that has ended nobody needs a part.
    mutating func forgetBases(_ run: RunIdentifier) {
        for place in peers.indices where !peers[place].bases.isEmpty { peers[place].bases[run] = nil }
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
        guard next == options.gateway else { return awaited.set(run, (), now: moment.now) }
        awaited.remove(run)
        publishing.insert(run)
        application.toPublish.append(run)
    }

    private mutating func notePublished(_ run: RunIdentifier, _ application: inout Application, _ moment: Moment) {
        guard remembered.publish(run, now: ages(moment)) else { return }
        awaited.remove(run)
        if publishing.contains(run) { return }
        application.toDiscard.append(run)
        dropHistoryIfDone(run)
    }

    // MARK: Histories

    private func localRank(
        _ run: RunIdentifier, _ application: Application, _ source: any RunSource
    ) -> RunRank? {
        if !application.copies.isEmpty, let known = application.copies[run] { return known.rank }
        return isSourceStale ? nil : source.rank(of: run)
    }

    /// Whether the run as it will be active here, once what was read of the message is applied, begins so.
    private func hasActive(
        _ run: RunIdentifier, _ part: KnownPart, _ application: Application, _ source: any RunSource
    ) -> Bool {
        if !application.copies.isEmpty, let (copy, rank) = application.copies[run] {
            if part.length == rank.length { return part.hash == rank.hash }
            return part.length > copy.base && copy.after(part.length, part.hash).base == part.length
        }
        return !isSourceStale && source.holds(run, part)
    }

    /// The events that the entry adds; nil where one of them is none.
    private mutating func added(
        _ entry: RunEntry, _ message: PeerMessage, _ application: inout Application, _ source: any RunSource
    ) -> [HistoryEntry]? {
        var history: [HistoryEntry] = []
        history.reserveCapacity(entry.add.count)
        for addition in entry.add {
            guard let event = event(addition.place, message, &application, source) else {
                counters.refusedEntries += 1
                return nil
            }
            history.append(HistoryEntry(event: event, group: addition.group))
        }
        return history
    }

    /// The run that the entry says, from what is here and what it adds; nil where what it is based on is not here, and is
    /// asked for, or where it is none.
    private mutating func whole(
        _ place: Int, _ entry: RunEntry, _ index: Int, _ pattern: PatternIdentity, block: Int, _ message: PeerMessage,
        _ application: inout Application, _ source: any RunSource
    ) -> RunCopy? {
        let run = entry.identifiers[index]
        let part = entry.base(index)
        var history: [HistoryEntry] = []
        var key = entry.key ?? .null
        if part.length > 0 {
            guard let (base, itsKey) = base(place, run, part, application, source) else {
                if peers[place].needs.count < options.stashLimit, peers[place].needs[run] == nil {
                    peers[place].needs[run] = 0
                    counters.needs += 1
                }
                return nil
            }
            history = base
            key = itsKey
        }
        guard let added = added(entry, message, &application, source) else { return nil }
        history += added
        return RunCopy(
            identifier: run, phenomenon: pattern.phenomenon, pattern: pattern.pattern, version: pattern.version,
            key: key,
            block: block, history: history, satisfied: entry.satisfied, arrival: entry.arrival)
    }

    /// The first events of a run, where it begins so, and its key.
    private func base(
        _ place: Int, _ run: RunIdentifier, _ part: KnownPart, _ application: Application, _ source: any RunSource
    ) -> (history: [HistoryEntry], key: Value)? {
        let active = isSourceStale ? nil : source.copy(of: run)
        var candidates: [RunCopy] = []
        if let (copy, _) = application.copies[run] {
            // Of an earlier entry's update only what it adds may be at hand.
            if copy.base == 0 {
                candidates.append(copy)
            } else if let active, active.after(copy.base, copy.baseHash).base == copy.base {
                candidates.append(
                    RunCopy(
                        identifier: run, phenomenon: copy.phenomenon, pattern: copy.pattern, version: copy.version,
                        key: active.key, block: copy.block, history: active.history.prefix(copy.base) + copy.history))
            }
        }
        if let copy = peers[place].parts[run] { candidates.append(copy) }
        if let active { candidates.append(active) }
        for copy in candidates where copy.after(part.length, part.hash).base == part.length {
            return (Array(copy.history.prefix(part.length)), copy.key)
        }
        return nil
    }

    private func event(
        _ place: Int, _ message: PeerMessage, _ application: inout Application, _ source: any RunSource
    ) -> Event? {
        if let event = application.events[place] { return event }
        let event = source.event(from: message.events[place])
        application.events[place] = event
        return event
    }
}
