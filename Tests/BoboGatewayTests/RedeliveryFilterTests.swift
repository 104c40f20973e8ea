import Testing

@testable import BoboGateway
@testable import BoboMQTT

@Suite struct RedeliveryFilterTests {
    private var filter = RedeliveryFilter()

    private mutating func isRepeat(
        _ text: String, id: MessageID, duplicate: Bool, topic: String = "a"
    ) -> Bool {
        Array(text.utf8).withUnsafeBytes { payload in
            topic.withCString { name in
                filter.isRedelivered(
                    BorrowedMessage(
                        topic: name, payload: payload, qos: .atLeastOnce, isRetained: false, isDuplicate: duplicate,
                        messageID: id,
                        subscriptionIdentifiers: SubscriptionIdentifiers(nil)))
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
    }
}
