package import BoboEngine

/// What `bobo status` and `bobo/stats/<id>` show of peers and partitions.
package struct PeersReport: Sendable {
    package struct Line: Sendable {
        package let peer: String
        /// `sync`, `ping` or `resync`.
        package let period: String
        package let isLive: Bool
        package let isReady: Bool
        /// Seconds since the last success; nil: none yet.
        package let since: Double?
        /// Changed runs that it has not been sent.
        package let stash: Int
        /// Seconds that the oldest change has waited which it has not acknowledged.
        package let lag: Double
        /// How long changes took till it acknowledged them; nil: there were none lately.
        package let delays: ChangeDelays.Figures?
        /// Seconds, positive where its clock is ahead.
        package let clockDifference: Double?
        /// nil: nothing to compare yet.
        package let digestAgrees: Bool?
    }

    package let peers: [Line]
    /// By partition, who is known to read it, and for how many seconds.
    package let partitions: [String: [(reader: String, seconds: Double)]]
    package let remembered: Int
    package let counters: PeerCounters
}

extension Peer {
    /// Since when the oldest change waits that it has not acknowledged.
    fileprivate var oldestChange: Duration? {
        if let message = outbox.inFlight, message.changes.count > 0 { return message.changes.oldest }
        return stash.oldest
    }
}

extension Peers {
    package func report(at moment: Moment) -> PeersReport {
        var partitions: [String: [(reader: String, seconds: Double)]] = [:]
        for name in options.division.partitions { partitions[name] = [] }
        for (name, since) in division.reads {
            partitions[name, default: []].append(
                (options.gateway, Double((moment.now - since).wholeMilliseconds) / 1000))
        }
        for peer in peers where peer.isLive {
            for (name, time) in peer.said.reads {
                let seconds = Double(time + (moment.now - peer.said.readsAt).wholeMilliseconds) / 1000
                partitions[name, default: []].append((peer.id, seconds))
            }
        }
        return PeersReport(
            peers: peers.map { line($0, moment) }, partitions: partitions, remembered: remembered.records.count,
            counters: counters)
    }

    private func line(_ peer: Peer, _ moment: Moment) -> PeersReport.Line {
        let elapsed = peer.lastSuccess.map { moment.now - $0 }
        let period =
            peer.isInResyncPeriod(moment.now, options)
            ? "resync" : (elapsed ?? .zero) >= options.effectivePingAfter ? "ping" : "sync"
        return PeersReport.Line(
            peer: peer.id, period: period, isLive: peer.isLive, isReady: peer.said.ready,
            since: elapsed.map { Double($0.wholeMilliseconds) / 1000 }, stash: peer.stash.count,
            lag: peer.oldestChange.map { Double((moment.now - $0).wholeMilliseconds) / 1000 } ?? 0,
            delays: peer.delays.figures(moment.now),
            clockDifference: peer.clock.least.map { Double($0) / 1000 }, digestAgrees: peer.digest.agrees)
    }
}

extension PeersReport {
    /// The members `peers`, `partitions` and `reading` of the figures; the last says for how many seconds.
    package func write(to json: inout JSONWriter) {
        json.raw("\"peers\":{")
        for (index, line) in peers.enumerated() {
            if index > 0 { json.raw(",") }
            json.write(line.peer)
            json.raw(":{\"period\":\"")
            json.raw(line.period)
            json.raw("\",\"live\":")
            json.raw(line.isLive ? "true" : "false")
            json.raw(",\"ready\":")
            json.raw(line.isReady ? "true" : "false")
            json.raw(",\"since\":")
            json.write(line.since)
            json.raw(",\"stash\":")
            json.write(Int64(line.stash))
            json.raw(",\"lag\":")
            json.write(line.lag)
            if let delays = line.delays {
                json.raw(",\"delay\":{\"changes\":")
                json.write(Int64(delays.changes))
                for (name, seconds) in [("median", delays.median), ("p99", delays.p99), ("most", delays.most)] {
                    json.raw(",\"\(name)\":")
                    json.write((seconds * 10_000).rounded() / 10_000)
                }
                json.raw("}")
            }
            json.raw(",\"clock_difference\":")
            json.write(line.clockDifference)
            json.raw(",\"digest_agrees\":")
            json.raw(line.digestAgrees.map { $0 ? "true" : "false" } ?? "null")
            json.raw("}")
        }
        json.raw("},\"partitions\":{")
        for (index, (name, readers)) in partitions.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { json.raw(",") }
            json.write(name)
            json.raw(":[")
            for (place, reader) in readers.map(\.reader).sorted().enumerated() {
                if place > 0 { json.raw(",") }
                json.write(reader)
            }
            json.raw("]")
        }
        json.raw("},\"reading\":{")
        for (index, (name, readers)) in partitions.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { json.raw(",") }
            json.write(name)
            json.raw(":{")
            for (place, reader) in readers.sorted(by: { $0.reader < $1.reader }).enumerated() {
                if place > 0 { json.raw(",") }
                json.write(reader.reader)
                json.raw(":")
                json.write(reader.seconds)
            }
            json.raw("}")
        }
        json.raw("}")
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ seconds: Double?) {
        if let seconds { write(seconds) } else { raw("null") }
    }
}
