import BoboEngine
import BoboPeers
import BoboSharing

/// What a simulation has to show that is wrong.
package struct Violation: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Active runs of live gateways differ.
        case activeDiffers
        /// Completed, or halted, at one and not at another.
        case endedDiffers
        /// A run is active at a gateway that knows it as ended.
        case cameBack
        case eventTwice
        case publishedTwiceByOne
        /// Published more than once though nothing failed.
        case publishedTwice
        /// Completed somewhere, and published nowhere.
        case neverPublished
        /// What one gateway that reads everything publishes is missing.
        case missing
        /// Published, and no such gateway would.
        case falseEvent
        /// Published with another history.
        case different
        /// A sensor's message that nobody acted on.
        case unread
        /// Acted on twice where that must not be.
        case readTwice
        /// The full state was sent though nothing failed.
        case resync
        case digest
        /// Not all gateways take part after healing.
        case notTogether
        /// More is kept than needed.
        case kept
        /// An action ran more than once though nothing failed.
        case actionTwice
        /// A complex event was published, and its action ran nowhere.
        case actionMissing
        /// The digest found what nothing else mended, or the gateways sent without end.
        case restless
    }

    package let kind: Kind
    package let at: Duration
    package let text: String
}

/// What happened in a simulation.
struct Record {
    struct Act {
        let gateway: String
        let life: Int
        let at: Duration
    }

    struct Published {
        let outcome: Outcome
        let by: String
        let at: Duration
        let run: RunIdentifier
    }

    var violations: [Violation] = []
    var messages: [SensorMessage] = []
    var acted: [Int: [Act]] = [:]
    /// By message, the clients that the broker handed it to, without those whose sessions expired with it.
    var heldBy: [Int: Set<String>] = [:]
    var handedTo: [Int: Set<String>] = [:]
    /// Messages of partitions whose reader's session had expired, before another's cut.
    var withoutReader: Set<Int> = []
    var published: [Published] = []
    var actions: [RunIdentifier: Int] = [:]
    /// When lives were killed, by gateway and life.
    var killed: [String: Duration] = [:]
    var peerMessages = 0
    var peerBytes = 0
    var resyncs = 0
    var repeated = 0
    var takenOver = 0

    mutating func count(_ gateway: SimulatedGateway) {
        guard let counters = gateway.engine?.peers?.counters else { return }
        resyncs += counters.resyncs
        repeated += counters.sentAgain
        takenOver += counters.takenOver
    }
}
