import BoboSharing

extension Configuration {
    /// How the engine is shared.
    func sharing(_ partitioning: Partitioning) -> SharingOptions {
        var options = SharingOptions(peers: peersOptions(partitioning))
        options.arrivalsAreTheClock = sensors.allSatisfy { $0.timestamp == nil }
        return options
    }
}
