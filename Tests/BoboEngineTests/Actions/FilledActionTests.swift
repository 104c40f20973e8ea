import BoboPatterns
import CEL
import Foundation
import Testing

@testable import BoboEngine

/// What becomes of an action's texts when they are filled with what an event says.
@Suite struct FilledActionTests {
    private func request(_ action: String, _ sensor: String, secrets: [String: String] = [:]) throws -> ActionRequest {
        var trial = try Trial(
            "phenomenon: p\npatterns: [{name: q, key: payload.k, blocks: [{followed_by: true}]}]\nactions: [\(action)]",
            options: { $0.secrets = Secrets(secrets) })
        trial.take("t", sensor)
        return try #require(trial.requests.first)
    }

    private func url(_ url: String, _ sensor: String, secrets: [String: String] = [:]) throws -> String {
        switch try request("{http: {url: '\(url)'}}", sensor, secrets: secrets).work {
        case .http(let call): return call.url
        case .failed(let reason): return "failed: \(reason)"
        default: return "none"
        }
    }

    // MARK: http

    @Test func aValueOfAURLIsPutInAsItIs() throws {
        #expect(try url("http://h/a/${payload.k}?n=${payload.n}", #"{"k": "b/c?d", "n": 5}"#) == "http://h/a/b/c?d?n=5")
        #expect(
            try url("http://h/${url_encode(payload.k)}", #"{"k": "ä /?#&%\n"}"#)
                == "http://h/%C3%A4%20%2F%3F%23%26%25%0A")
    }

    @Test(arguments: [" ", "\\r\\nX: y", "ä", "\\\\", "<", "\\u0000"])
    func whatStandsInNoURLFailsTheAction(_ text: String) throws {
        #expect(try url("http://h/a/${payload.k}", "{\"k\": \"x\(text)\"}").hasPrefix("failed: found "))
    }

    @Test(arguments: ["evil.example/", "a@evil.example", "h:80", "h?", "h#", "", "a b", "\\\\evil"])
    func aPayloadCannotEndTheHost(_ text: String) throws {
        let filled = try url("http://shelly-${payload.k}.local/relay", "{\"k\": \"\(text)\"}")
        #expect(filled.hasPrefix("failed: found \""), "\(filled)")
        #expect(try url("http://shelly-${payload.k}.local/relay", #"{"k": "a-1"}"#) == "http://shelly-a-1.local/relay")
    }

    @Test func aSecretMayBeTheWholeURL() throws {
        #expect(try url("${secret(\"hook\")}", #"{"k": 1}"#, secrets: ["hook": "https://h/x?y"]) == "https://h/x?y")
        #expect(
            try url("${secret(\"hook\")}", #"{"k": 1}"#, secrets: ["hook": "file:///etc/passwd"])
                == "failed: the url does not begin with http:// or https://")
    }

    @Test(arguments: ["a\\r\\nX-Evil: 1", "a\\nb", "a\\u0000b", "\\u007f"])
    func aPayloadCannotAddAHeader(_ text: String) throws {
        let request = try request(
            "{http: {url: 'http://h/', headers: {X-Key: '${payload.k}'}}}", "{\"k\": \"\(text)\"}")
        guard case .failed(let reason) = request.work else {
            Issue.record("it should fail")
            return
        }
        #expect(reason == "the header X-Key holds a line break or another control character")
    }

    @Test func aQuoteCannotBreakABody() throws {
        let request = try request(
            "{http: {url: 'http://h/', body: {text: 'is ${payload.k}', n: '${payload.n}'}}}",
            #"{"k": "a\"}, \"evil\": {\"", "n": [1]}"#)
        guard case .http(let call) = request.work else {
            Issue.record("no http")
            return
        }
        let body = try #require(try JSONSerialization.jsonObject(with: Data(call.body ?? [])) as? NSDictionary)
        #expect(body == ["text": #"is a"}, "evil": {""#, "n": [1]])
    }

    // MARK: exec

    @Test func aTextIsOneArgumentWhateverStandsInIt() throws {
        let hostile = #"$(touch x); `y` \"q\" 'z'\n-rf"#
        let request = try request("{exec: {command: [p, '${payload.k}', 'a ${payload.k}']}}", "{\"k\": \"\(hostile)\"}")
        guard case .exec(let call) = request.work else {
            Issue.record("no exec")
            return
        }
        let text = "$(touch x); `y` \"q\" 'z'\n-rf"
        #expect(call.arguments == [text, "a \(text)"])
    }

    @Test func aZeroByteFailsTheAction() throws {
        let request = try request("{exec: {command: [p, '${payload.k}']}}", #"{"k": "a\u0000b"}"#)
        guard case .failed(let reason) = request.work else {
            Issue.record("it should fail")
            return
        }
        #expect(reason.contains("argument 1 holds a zero byte"))
    }

    // MARK: secrets

    private static let token = "s3cr\"et tokén"

    private func event(of outcome: ActionOutcome, _ expression: String) throws -> String {
        var trial = try Trial(
            "phenomenon: p\npatterns: [{name: q, blocks: [{followed_by: true}]}]\n"
                + "actions: [{exec: {command: [p], environment: {VALUE: '\(expression)'}}}]",
            options: { $0.secrets = Secrets(["token": Self.token, "other": "unrelated"]) })
        trial.take("t", "1")
        let request = try #require(trial.requests.first)
        return String(decoding: trial.engine.take(outcome, of: request, at: Trial.start + 1).json, as: UTF8.self)
    }

    @Test func aSecretIsTakenOutOfWhatCameBack() throws {
        let encoded = "s3cr%22et%20tok%C3%A9n"
        let base64 = Data(Self.token.utf8).base64EncodedString()
        let output = "a \(Self.token) b \(encoded) c \(base64) d s3cr\\\"et tokén unrelated"
        let outcome = ActionOutcome(isSuccess: false, output: output, error: "x\(Self.token)")
        let json = try event(of: outcome, "${secret(\"token\")}")
        #expect(json.contains(#""output":"a *** b *** c *** d *** unrelated","error":"x***""#), "\(json)")
    }

    @Test func whatWasMadeOfSecretsIsTakenOut() throws {
        let made = "user:\(Self.token)"
        let base64 = Data(made.utf8).base64EncodedString()
        let json = try event(
            of: ActionOutcome(isSuccess: true, output: "Basic \(base64)"),
            #"Basic ${base64.encode(bytes("user:" + secret("token")))}"#)
        #expect(json.contains(#""output":"Basic ***""#), "\(json)")
    }

    @Test func aSecretThatTheCutGoesThroughIsTakenOut() throws {
        for length in 0...4200 where length % 97 == 0 || 4080...4100 ~= length {
            // As a worker cuts it.
            let whole = String(repeating: "x", count: length) + String(repeating: Self.token, count: 20)
            let output = String(decoding: whole.utf8.prefix(4096), as: UTF8.self)
            let json = try event(of: ActionOutcome(isSuccess: true, output: output), "${secret(\"token\")}")
            #expect(!json.contains("s3cr"), "\(length)")
        }
    }

    @Test func anOutputIsCutAtAnEventsLimit() throws {
        let output = String(repeating: "é", count: 4096)
        let json = try event(of: ActionOutcome(isSuccess: true, output: "a" + output), "x")
        #expect(json.contains("\"a" + String(repeating: "é", count: 2047) + "\""))
    }

    @Test func anExpressionThatFailsDoesNotTellTheSecret() throws {
        let request = try request(
            "{log: {message: '${int(secret(\"token\"))}'}}", #"{"k": 1}"#, secrets: ["token": "hushhush"])
        guard case .failed(let reason) = request.work else {
            Issue.record("it should fail")
            return
        }
        #expect(!request.masked(reason).contains("hushhush"))
    }

    @Test func secretsAreNotPrinted() {
        var dumped = ""
        dump(Secrets(["a": "topsecret"]), to: &dumped)
        #expect(!"\(Secrets(["a": "topsecret"])) \(dumped)".contains("topsecret"))
    }

    // MARK: status

    @Test func theStatusStandsInTheEvent() throws {
        let json = try event(of: ActionOutcome(isSuccess: false, status: 503, output: "o", error: "e"), "x")
        #expect(json.contains(#""action":"exec","index":0,"success":false,"status":503,"output":"o","error":"e""#))
    }
}
