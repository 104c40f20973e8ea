package import BoboEngine
package import BoboPeers

/// What whoever owns a shared engine is to do, in this order.
package enum Effect: Sendable {
    /// To the inbox of a peer.
    case send(to: String, [UInt8])
    /// A complex event is published, then its actions run. Once the broker has acknowledged it, `SharedEngine.published` is
    /// told of the run.
    case publish(ComplexEvent, actions: [ActionRequest])
    /// An action of a lone gateway, whose complex event came before.
    case act(ActionRequest)
    /// The gateway's retained status.
    case status(isOnline: Bool)
    /// The mark with this number, to the gateway itself, once its topic is subscribed.
    case publishMark(Int)
    /// A partition with its cut's topic, where there are cuts; `subscribed` is told once the broker has answered.
    case subscribe(String)
    /// `unsubscribed` is told once the broker has answered.
    case unsubscribe(String)
    /// The text, on the topic of the partition's cut. It is kept until the broker has acknowledged it, and sent again on
    /// the next connection, with those after it.
    case publishCut(String, text: String)
    /// The gateway may say goodbye; whether the reading session is to end with it.
    case stopped(sessionMayGo: Bool)
    case log(PeerLog)
}
