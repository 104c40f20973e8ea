package import BoboMQTT

/// What becomes of the copies of a topic's messages.
package struct MessageRoute: Hashable, Sendable {
    /// What a copy is to the engine.
    package enum Use: Hashable, Sendable {
        case none
        case event
        /// Seen by `state` only: as a message that the broker had stored.
        case state
    }

    /// The topic's partition; nil where it has none, or no events are wanted of it.
    package let partition: String?
    /// Which copies are events, where the partition is read here.
    package let event: TopicRoute
    /// Which copies are for `state`, where the topic's events are read elsewhere.
    package let state: TopicRoute
    package let isState: Bool

    static let unwanted = MessageRoute(partition: nil, event: .unwanted, state: .unwanted, isState: false)

    /// - Parameter acts: whether messages of a partition are acted on here: it is subscribed, or was by the session, and no
    ///   cut has named another.
    package func use(_ identifiers: SubscriptionIdentifiers, acts: (String) -> Bool) -> Use {
        use({ $0.counts(identifiers) }, acts: acts)
    }

    func use(_ counts: (TopicRoute) -> Bool, acts: (String) -> Bool) -> Use {
        let isActedOn = partition.map(acts) ?? true
        if isActedOn, counts(event) { return .event }
        guard isState else { return .none }
        // Where the events are taken, `state` sees them; a second copy is the same message.
        if isActedOn, partition != nil { return .none }
        return counts(state) ? .state : .none
    }
}
