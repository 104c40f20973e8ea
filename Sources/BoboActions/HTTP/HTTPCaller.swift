import AsyncHTTPClient
import BoboEngine
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Sends requests, again and again where that may help.
final class HTTPCaller: Sendable {
    private struct Client {
        let client: HTTPClient
        let threads: MultiThreadedEventLoopGroup
    }

    private let agent: String
    /// Made when it is first needed: a gateway without `http` has neither its thread nor its memory.
    private let client = Mutex<Client?>(nil)

    init(agent: String) { self.agent = agent }

    func outcome(of call: HTTPCall) async -> ActionOutcome {
        var attempt = 1
        while true {
            let answer = await self.answer(to: call)
            guard !Task.isCancelled else { return ActionOutcome(isSuccess: false, error: ActionWorkers.stopped) }
            guard answer.mayBeRetried, attempt <= call.retries else { return answer.outcome(attempts: attempt) }
            let wait = HTTPRetries.wait(afterAttempt: attempt, retryAfter: answer.retryAfter)
            guard (try? await Task.sleep(for: wait)) != nil else {
                return ActionOutcome(isSuccess: false, error: ActionWorkers.stopped)
            }
            attempt += 1
        }
    }

    /// The connections are closed without anyone waiting for it.
    func end() {
        guard
            let ended = client.withLock({ client -> Client? in
                defer { client = nil }
                return client
            })
        else { return }
        Task.detached {
            try? await ended.client.shutdown()
            try? await ended.threads.shutdownGracefully()
        }
    }

    // MARK: One attempt

    private func answer(to call: HTTPCall) async -> HTTPAnswer {
        let client = client.withLock { client in
            let made = client ?? Self.makeClient()
            client = made
            return made.client
        }
        let response = ResponseSoFar()
        let failure = await withTaskGroup(of: HTTPFailure?.self) { group in
            group.addTask { [self] in await exchange(call, client, response) }
            group.addTask {
                try? await Task.sleep(for: call.timeout)
                return .timeout(call.timeout)
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        // Once the status is there, what the body lacks changes nothing.
        return response.answer ?? .failed(failure ?? .other("no answer"))
    }

    private func exchange(_ call: HTTPCall, _ client: HTTPClient, _ response: ResponseSoFar) async -> HTTPFailure? {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        if !request.headers.contains(name: "User-Agent") { request.headers.add(name: "User-Agent", value: agent) }
        if let body = call.body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let received = try await client.execute(
                request, deadline: .now() + TimeAmount(call.timeout) + .seconds(1))
            response.begin(received)
            // Not read to its end, it is not kept: the connection closes.
            for try await part in received.body where !response.append(part) { break }
            return nil
        } catch {
            return HTTPFailure(error)
        }
    }

    private static func makeClient() -> Client {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = HTTPClient.Configuration()
        // What is secret is for the host that the pattern names.
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(300)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.tlsConfiguration = TrustedRoots.configuration()
        return Client(
            client: HTTPClient(eventLoopGroupProvider: .shared(threads), configuration: configuration),
            threads: threads)
    }
}

/// What has come of a response, up to what an action's event holds.
private final class ResponseSoFar: Sendable {
    private let state = Mutex<HTTPAnswer.Response?>(nil)

    func begin(_ response: HTTPClientResponse) {
        let retryAfter = response.headers.first(name: "Retry-After").flatMap { Int($0) }
        let begun = HTTPAnswer.Response(
            status: Int(response.status.code), reason: response.status.reasonPhrase,
            retryAfter: retryAfter.map { .seconds(max(0, min($0, 86_400))) },
            location: response.headers.first(name: "Location"))
        state.withLock { $0 = begun }
    }

    /// - Returns: whether more is wanted.
    func append(_ part: ByteBuffer) -> Bool {
        state.withLock { response in
            let room = ActionOutcome.outputLimit - (response?.body.count ?? 0)
            response?.body += part.readableBytesView.prefix(room)
            return part.readableBytes < room
        }
    }

    var answer: HTTPAnswer? { state.withLock { $0.map { .answered($0) } } }
}
