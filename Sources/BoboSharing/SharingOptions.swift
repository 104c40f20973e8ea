package import BoboPeers

/// How an engine is shared.
package struct SharingOptions: Sendable {
    /// nil: with nobody.
    package var peers: PeersOptions?

    /// Whether no sensor's own timestamps are taken.
    package var arrivalsAreTheClock = true

    package init(peers: PeersOptions? = nil) { self.peers = peers }

    var batch: Duration { peers?.batch ?? .zero }

    /// Several gateways read each message, so that what waited here may have been read elsewhere.
    var dropsWhatOthersRead: Bool { (peers?.division.copies ?? 1) > 1 || peers?.division.read.isEmpty == false }
}
