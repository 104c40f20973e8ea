package import BoboEngine
package import BoboPeers
import BoboTopics
import BoboYAML

extension Configuration {
    /// How it is settled what this gateway reads.
    package var partitioningWay: Partitioning.Way {
        if let group = partitions.share { return .shared(group: group) }
        return peers.ids.isEmpty && partitions.read.isEmpty ? .whole : .divided(partitions.filters)
    }

    /// How the engine shares its runs, if with anybody.
    package func setReplication(of options: inout EngineOptions) {
        options.replicates = !peers.ids.isEmpty
        options.recordsChanges = options.replicates
        options.catchUp = peers.catchUp
        // Where arrivals are the time, it is another one at each reader.
        options.readsTogether =
            options.replicates && partitions.copies > 1 && !sensors.isEmpty
            && sensors.allSatisfy { $0.timestamp != nil }
        options.rememberedRuns = Int(clamping: peers.rememberedRuns)
        options.rememberAge = peers.rememberAge
    }

    /// What the peers' protocol is told; nil where there are no peers.
    /// - Parameter partitioning: of this configuration and the patterns.
    package func peersOptions(_ partitioning: Partitioning) -> PeersOptions? {
        guard !peers.ids.isEmpty else { return nil }
        var options = PeersOptions(gateway: instance, peers: peers.ids)
        options.prefix = prefix
        options.key = peers.key.flatMap(PeerKey.bytes)
        options.pingAfter = .milliseconds(peers.pingAfter)
        options.resyncAfter = .milliseconds(peers.resyncAfter)
        options.pingInterval = .milliseconds(peers.pingInterval)
        options.resyncInterval = .milliseconds(peers.resyncInterval)
        options.stashInterval = .milliseconds(peers.stashInterval)
        options.stashLimit = Int(clamping: peers.stashLimit)
        options.rememberedRuns = Int(clamping: peers.rememberedRuns)
        options.rememberAge = .milliseconds(peers.rememberAge)
        options.batch = .milliseconds(peers.batch)
        options.messageLimit = Int(clamping: peers.messageLimit)
        options.config = divisionHash
        // Where each subscribed filter is a partition, these follow from the patterns: while they are being changed on one
        // gateway after the other, none is to be given a partition that it does not know.
        for name in partitioning.names { options.config.combine(name) }
        options.division.partitions = partitioning.names
        options.division.copies = partitions.copies
        options.division.read = partitions.read.map(\.text)
        return options
    }

    /// Of what gateways that divide partitions among themselves are to agree in: `partitions` and the entries of `sensors`.
    /// Of `read`, which differs from gateway to gateway, only whether it is given.
    var divisionHash: Hash128 {
        var hash = Hash128()
        hash.combine("filters")
        for filter in partitions.filters { hash.combine(filter.text) }
        hash.combine("copies \(partitions.copies) \(partitions.read.isEmpty ? "divided" : "read")")
        hash.combine(partitions.share ?? "")
        hash.combine("sensors")
        for sensor in sensors {
            hash.combine(sensor.filter.text)
            hash.combine("\(sensor.qos) \(sensor.retained) \(sensor.format.rawValue)")
            hash.combine(sensor.timestamp?.text ?? "")
            hash.combine(sensor.eventID?.text ?? "")
        }
        return hash
    }
}
