import Testing

@testable import BoboGateway
@testable import BoboMQTT

@Suite struct RepeatedMessagesTests {
    private var repeated = RepeatedMessages()

    private mutating func isRepeat(
        _ text: String, id: MessageID, duplicate: Bool, topic: String = "a", qos: QoS = .atLeastOnce
    ) -> Bool {
        Array(text.utf8).withUnsafeBytes { payload in
            topic.withCString { name in
                repeated.contains(
                    BorrowedMessage(
                        topic: name, payload: payload, qos: qos, isRetained: false, isDuplicate: duplicate,
                        messageID: id,
                        subscriptionIdentifiers: SubscriptionIdentifiers(nil)),
                    topic: topic)
            }
        }
    }

    @Test("A repeat is marked as one and equals the last message of its packet identifier")
    mutating func repeats() {
        #expect(!isRepeat("1", id: 7, duplicate: false))
        #expect(isRepeat("1", id: 7, duplicate: true))
        #expect(isRepeat("1", id: 7, duplicate: true))
    }

    @Test("Equal messages in a row are separate, marked ones that were not taken before are no repeats")
    mutating func noRepeats() {
        #expect(!isRepeat("1", id: 7, duplicate: false))
        #expect(!isRepeat("1", id: 7, duplicate: false))
        #expect(!isRepeat("1", id: 8, duplicate: true))
        #expect(!isRepeat("2", id: 7, duplicate: true))
        #expect(!isRepeat("2", id: 7, duplicate: true, topic: "b"))
        #expect(!isRepeat("0", id: 0, duplicate: true, qos: .atMostOnce))
    }
}
