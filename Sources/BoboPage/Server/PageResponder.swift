import BoboEngine
import BoboGateway
import BoboMetrics
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers requests: what is known gets its answer, all else a clean refusal.
struct PageResponder: HTTPResponder {
    let gatekeeper: Gatekeeper
    let feed: PageFeed
    let observation: GatewayObservation
    let registry: PrometheusRegistry

    func respond(to request: Request, context: PageContext) async throws -> Response {
        let path = request.uri.path
        switch gatekeeper.verdict(request) {
        case .welcome: break
        case .misdirected: return .refusal(.misdirectedRequest, "this server is called by its address or as localhost")
        case .tokenWanted: return try await ask(request, path)
        }
        guard request.method == .get || request.method == .head else {
            return isKnown(path) ? .methodNotAllowed(["GET", "HEAD"]) : .refusal(.notFound, "there is nothing here")
        }
        let response = await answer(path, request, context)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static let endpoints: Set<String> = [
        "/healthz", "/readyz", "/metrics", "/api/state", "/api/events", "/api/patterns", "/api/picture", "/api/runs",
        "/api/topics",
    ]

    private func isKnown(_ path: String) -> Bool {
        PageResponder.endpoints.contains(path) || PageFiles.named(path) != nil
    }

    private func answer(_ path: String, _ request: Request, _ context: PageContext) async -> Response {
        if let file = PageFiles.named(path) { return .file(file) }
        switch path {
        case "/healthz", "/readyz": return await health(isAboutReadiness: path == "/readyz")
        case "/metrics":
            guard await observation.snapshot(with: .metrics) != nil else { return .noAnswer }
            return .content(registry.text, type: "text/plain; version=0.0.4; charset=utf-8")
        case "/api/state":
            guard let state = await feed.state() else { return .noAnswer }
            return .json(state)
        case "/api/events": return stream(request, context)
        case "/api/patterns": return .json(PatternsJSON.list(observation.patterns))
        case "/api/picture": return picture(Query(request))
        case "/api/runs": return await runs(Query(request))
        case "/api/topics": return await topics(Query(request))
        default: return .refusal(.notFound, "there is nothing here")
        }
    }

    private func health(isAboutReadiness: Bool) async -> Response {
        guard let snapshot = await observation.snapshot() else {
            return .plain(.serviceUnavailable, "the gateway does not answer\n")
        }
        guard isAboutReadiness, let reason = snapshot.notReady else { return .plain(.ok, "ok\n") }
        return .plain(.serviceUnavailable, reason + "\n")
    }

    private func stream(_ request: Request, _ context: PageContext) -> Response {
        guard request.method == .get else { return .stream(ResponseBody()) }
        guard let reader = feed.subscribe(context.channel) else {
            return .refusal(.tooManyRequests, "too many pages are open")
        }
        return .stream(
            ResponseBody { [feed] writer in
                defer { feed.unsubscribe(reader.number) }
                if let state = await feed.state() {
                    try await writer.write(ByteBuffer(bytes: ServerSentEvent.bytes("state", state)))
                }
                feed.begin(reader.number)
                for await _ in reader.end {}
                try await writer.finish(nil)
            })
    }

    private func picture(_ query: Query) -> Response {
        guard let phenomenon = query["phenomenon"], let width = query.width, query.isSound else {
            return .refusal(
                .badRequest, "expected ?phenomenon=…, pattern=… for one of its patterns, and a number as width=…")
        }
        guard let svg = PatternPicture.svg(observation.patterns.phenomena, phenomenon, query["pattern"], width)
        else { return .refusal(.notFound, "there is no such pattern") }
        return .content(Array(svg.utf8), type: "image/svg+xml; charset=utf-8")
    }

    private func runs(_ query: Query) async -> Response {
        guard let phenomenon = query["phenomenon"], let pattern = query["pattern"], query.isSound,
            query["block"] == nil || query.block != nil
        else { return .refusal(.badRequest, "expected ?phenomenon=…&pattern=…, and block=… for one of its blocks") }
        let name = PatternName(phenomenon: phenomenon, pattern: pattern)
        guard PatternPicture.pattern(observation.patterns.phenomena, name) != nil else {
            return .refusal(.notFound, "there is no such pattern")
        }
        guard let runs = await observation.runs(GatewayObservation.RunQuestion(pattern: name, block: query.block))
        else { return .noAnswer }
        return .json(RunsJSON.list(runs))
    }

    private func topics(_ query: Query) async -> Response {
        guard query.isSound else { return .refusal(.badRequest, "expected ?search=…, or nothing") }
        guard let topics = await observation.snapshot(with: .topics)?.topics else { return .noAnswer }
        return .json(TopicsJSON.found(topics, search: query["search"] ?? ""))
    }

    // MARK: The token

    private func ask(_ request: Request, _ path: String) async throws -> Response {
        if path == "/login", request.method == .post {
            guard let body = try? await request.body.collect(upTo: ConnectionDeadlines.maximumBody) else {
                return .refusal(.contentTooLarge, "a token is shorter")
            }
            guard let cookie = gatekeeper.enter(String(buffer: body)) else {
                return .page(PageFiles.login(isWrong: true), .forbidden)
            }
            return Response(status: .seeOther, headers: Response.headers([.location: "/", .setCookie: cookie]))
        }
        if path == "/", request.method == .get { return .page(PageFiles.login(isWrong: false), .unauthorized) }
        if path == "/page.css", request.method == .get, let file = PageFiles.named(path) { return .file(file) }
        var response = Response.refusal(.unauthorized, "the token is wanted")
        response.headers[.wwwAuthenticate] = "Bearer realm=\"bobo\""
        return response
    }
}
