/// What a connection tells its owner, in the midst of `Connection.read`, `write` or `misc`.
package enum ConnectionEvent {
    /// The broker has accepted. `sessionPresent`: it had kept the session, its subscriptions among it.
    case connected(sessionPresent: Bool)
    /// The broker does not know the version that was asked for; the connection is being made anew with this one.
    case fellBack(ProtocolVersion)
    /// There is no connection any more, or none came about; nil after `Connection.disconnect`.
    case disconnected(ConnectionFailure?)
    /// One code for each filter, in order.
    case subscribed(MessageID, [ReasonCode])
    case unsubscribed(MessageID)
    /// A message was acknowledged (QoS 1 and 2) or written (QoS 0). Over MQTT 5 the code may be an error, such as
    /// `notAuthorised`: the broker has dropped it.
    case published(MessageID, ReasonCode)
    case message(BorrowedMessage)
}

/// A message in libmosquitto's own memory, which is gone when the handler returns.
package struct BorrowedMessage {
    /// UTF-8, ended by a zero.
    package let topic: UnsafePointer<CChar>
    package let payload: UnsafeRawBufferPointer
    package let qos: QoS
    /// The broker had it stored before this subscription was made: old news. (A live message that is published as
    /// retained comes without the mark, since subscriptions are made without "retain as published".)
    package let isRetained: Bool
    /// Of QoS 1 and marked by the broker as sent again. libmosquitto 2.0 hands over no such mark; it is read from its log,
    /// and only between a reconnect to a kept session and the first message that is not marked: what a broker sends again
    /// it sends before anything new (MQTT 5.0, section 4.6). With QoS 2 the protocol itself sorts out repeats.
    package let isDuplicate: Bool
    /// The packet identifier; 0 with QoS 0.
    package let messageID: MessageID
    package let subscriptionIdentifiers: SubscriptionIdentifiers
}
