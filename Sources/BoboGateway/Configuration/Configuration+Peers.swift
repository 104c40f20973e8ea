package import BoboTopics
import BoboYAML

extension Configuration {
    /// The other gateways, and how runs are shared with them. Durations are in milliseconds, sizes in bytes.
    package struct Peers: Hashable, Sendable {
        /// The other gateways' instances, none twice, this one not among them; empty: this gateway is alone.
        package var ids: [String] = []
        package var keyFile: String?
        /// What `keyFile` holds: 32 bytes in base64. nil: messages between gateways are not sealed.
        package var key: Secret?
        package var pingAfter: Int64 = 30_000
        /// Greater than `pingAfter`.
        package var resyncAfter: Int64 = 60_000
        package var pingInterval: Int64 = 5000
        package var resyncInterval: Int64 = 10_000
        package var stashInterval: Int64 = 5000
        /// Changes that are kept for one peer.
        package var stashLimit: Int64 = 10_000
        /// Ids of completed and halted runs that are kept.
        package var rememberedRuns: Int64 = 1_000_000
        /// For how long they are kept; more than twice `catchUp`.
        package var rememberAge: Int64 = 600_000
        package var catchUp: Int64 = 2000
        /// For how long changes wait for company.
        package var batch: Int64 = 10
        package var messageLimit: Int64 = 256 << 10
    }

    /// How the topics are divided among gateways.
    package struct Partitions: Hashable, Sendable {
        /// In their order: a topic belongs to the first that matches. Empty: each filter that is subscribed.
        package var filters: [TopicFilter] = []
        /// By how many gateways each is read: 1 or 2.
        package var copies = 1
        /// The partitions that this gateway reads, instead of the division; empty: the division says.
        package var read: [TopicFilter] = []
        /// The group of a shared subscription, instead of division and `read`.
        package var share: String?
    }
}
