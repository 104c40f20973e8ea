import BoboEngine

/// What came of one attempt.
enum HTTPAnswer: Sendable {
    struct Response: Sendable {
        let status: Int
        let reason: String
        let retryAfter: Duration?
        let location: String?
        var body: [UInt8] = []
    }

    case answered(Response)
    case failed(HTTPFailure)

    /// Whether another attempt may have another answer: the server says so, or was not reached.
    var mayBeRetried: Bool {
        switch self {
        case .answered(let response): response.status >= 500 || response.status == 429
        case .failed(let failure): failure.mayBeRetried
        }
    }

    var retryAfter: Duration? {
        if case .answered(let response) = self { response.retryAfter } else { nil }
    }

    func outcome(attempts: Int) -> ActionOutcome {
        let after = attempts > 1 ? ", after \(attempts) attempts" : ""
        switch self {
        case .failed(let failure): return ActionOutcome(isSuccess: false, error: "\(failure)\(after)")
        case .answered(let response):
            let isSuccess = response.status < 400
            var error = isSuccess ? nil : "the server answered \(response.status) \(response.reason)\(after)"
            if 300..<400 ~= response.status, let location = response.location {
                error = "a redirect, which is not followed, to \(location.prefix(200))"
            }
            return ActionOutcome(
                isSuccess: isSuccess, status: response.status, output: String(decoding: response.body, as: UTF8.self),
                error: error)
        }
    }
}

/// How long to wait before the next attempt.
enum HTTPRetries {
    static let first = Duration.milliseconds(500)
    static let longest = Duration.seconds(30)

    /// Twice as long each time, and not less than the server asks for, within the bound.
    /// - Parameter attempt: the number of attempts so far.
    static func wait(afterAttempt attempt: Int, retryAfter: Duration?) -> Duration {
        let growing = first * (1 << min(max(attempt - 1, 0), 10))
        return min(longest, max(growing, retryAfter ?? .zero))
    }
}
