import BoboMQTT
import Testing

@Suite struct ReconnectPolicyTests {
    private var random = SeededRandom(seed: 1)
    private let gone = ConnectionFailure.unreachable("Connection refused")

    @Test("Each failure waits longer, between 1 s and 60 s, with jitter")
    mutating func backoff() {
        var policy = ReconnectPolicy()
        var delays: [Duration] = []
        for _ in 0..<20 {
            guard case .retry(let delay) = policy.failed(gone, at: .zero, using: &random) else {
                Issue.record("an absent broker is tried again")
                return
            }
            delays.append(delay)
        }
        for (index, delay) in delays.enumerated() {
            let span = min(Duration.seconds(2 << min(index, 10)), .seconds(60))
            #expect(delay >= span / 2 && delay <= span)
        }
        #expect(Set(delays).count == delays.count)
    }

    @Test("After a connection the delays begin anew, however long it lasted", arguments: [1, 100])
    func anew(seconds: Int) {
        var random = SeededRandom(seed: 5)
        var policy = ReconnectPolicy()
        for _ in 0..<10 { _ = policy.failed(gone, at: .zero, using: &random) }
        policy.connected(at: .seconds(100))
        guard case .retry(let delay) = policy.failed(.lost("reset"), at: .seconds(100 + seconds), using: &random) else {
            Issue.record("a lost broker is tried again")
            return
        }
        #expect(delay <= .seconds(2))
    }

    @Test("Three losses within 5 s of connecting mean another client of this id, and a pause of 30 s")
    mutating func anotherClient() {
        var policy = ReconnectPolicy()
        var steps: [ReconnectPolicy.Step] = []
        for start in [0, 100, 200, 300] {
            policy.connected(at: .seconds(start))
            steps.append(policy.failed(.lost("7"), at: .seconds(start + 4), using: &random))
        }
        for step in steps.prefix(2) {
            guard case .retry = step else {
                Issue.record("too early")
                return
            }
        }
        #expect(steps[2...] == [.anotherClient(retryAfter: .seconds(30)), .anotherClient(retryAfter: .seconds(30))])
    }

    @Test("Two clients that throw each other out are found out, whenever each comes back", arguments: 0..<50)
    func mutual(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var policies = [ReconnectPolicy(), ReconnectPolicy()]
        policies[0].connected(at: .zero)
        policies[1].connected(at: .seconds(60))
        var now = Duration.seconds(60)
        // One comes, and throws the other out.
        for turn in 0..<10 {
            switch policies[turn % 2].failed(.lost("7"), at: now, using: &random) {
            case .retry(let delay): now += delay
            case .anotherClient: return
            case .giveUp: Issue.record("given up")
            }
            policies[turn % 2].connected(at: now)
        }
        Issue.record("not found out")
    }

    @Test(
        "A connection that lasts, or a broker that is down, ends the suspicion of another client",
        arguments: [true, false])
    func suspicionEnds(lasts: Bool) {
        var random = SeededRandom(seed: 2)
        var policy = ReconnectPolicy()
        for start in [0, 100] {
            policy.connected(at: .seconds(start))
            _ = policy.failed(.lost("7"), at: .seconds(start + 1), using: &random)
        }
        if lasts { policy.connected(at: .seconds(200)) }
        _ = policy.failed(lasts ? .lost("7") : gone, at: .seconds(250), using: &random)
        policy.connected(at: .seconds(300))
        guard case .retry = policy.failed(.lost("7"), at: .seconds(301), using: &random) else {
            Issue.record("counted on")
            return
        }
    }

    @Test("The broker's word that the session was taken over counts however long the connection lasted")
    mutating func takenOver() {
        var policy = ReconnectPolicy()
        var last: ReconnectPolicy.Step?
        for start in [0, 100, 200] {
            policy.connected(at: .seconds(start))
            last = policy.failed(
                .disconnectedByBroker(.sessionTakenOver), at: .seconds(start + 60), using: &random)
        }
        #expect(last == .anotherClient(retryAfter: .seconds(30)))
    }

    @Test(
        "What only a person can mend is given up",
        arguments: [
            ConnectionFailure.refused(.badUserNameOrPassword), .refused(.notAuthorised),
            .refused(.clientIdentifierNotValid), .refused(.unsupportedProtocolVersion),
            .brokerCertificate("certificate has expired"), .clientCertificate("alert certificate required"),
            .tlsFiles("no such key"),
        ])
    func final(failure: ConnectionFailure) {
        var random = SeededRandom(seed: 3)
        var policy = ReconnectPolicy()
        #expect(policy.failed(failure, at: .zero, using: &random) == .giveUp(failure))
    }

    @Test(
        "What mends itself is tried again",
        arguments: [
            ConnectionFailure.refused(.serverUnavailable), .unreachable("no route"), .timeout, .silent, .lost("reset"),
            .tls("closed"), .disconnectedByBroker(.serverUnavailable), .protocolError("odd"),
        ])
    func temporary(failure: ConnectionFailure) {
        var random = SeededRandom(seed: 4)
        var policy = ReconnectPolicy()
        guard case .retry = policy.failed(failure, at: .zero, using: &random) else {
            Issue.record("given up")
            return
        }
    }
}

/// Chance that is the same in every run (splitmix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
