import BoboEngine
import BoboPatterns
import Testing

/// `http`, `exec`, `sequence` and `secret` as they are read.
@Suite struct ActionErrorTests {
    private func load(_ action: String, secrets: KnownSecrets = .any) -> Loaded {
        Loaded(
            "phenomenon: p\npatterns:\n  - name: q\n    blocks:\n      - {next: true, group: heat}\nactions: [\(action)]\n",
            secrets: secrets)
    }

    private func actions(_ action: String) throws -> [Action] {
        let loaded = load(action)
        #expect(loaded.errors == [])
        return try #require(loaded.patterns.first).actions
    }

    @Test func httpHasItsDefaults() throws {
        guard case .http(let http) = try #require(try actions("{http: {url: 'https://h/x'}}").first) else {
            Issue.record("no http")
            return
        }
        #expect(http.method == "POST")
        #expect(http.timeout == .seconds(10))
        #expect(http.retries == 2)
        #expect(http.headers.isEmpty)
        #expect(http.body == nil)
    }

    @Test func aBodyBringsItsTypeUnlessTheHeadersDo() throws {
        func types(_ rest: String) throws -> [String] {
            guard case .http(let http) = try #require(try actions("{http: {url: 'http://h/', \(rest)}}").first) else {
                return []
            }
            return http.headers.map { "\($0.name): \($0.value.leadingText)" }
        }
        #expect(try types("body: {a: 1}") == ["Content-Type: application/json"])
        #expect(try types("body: text") == ["Content-Type: text/plain; charset=utf-8"])
        #expect(try types("body: {a: 1}, headers: {content-type: a/b}") == ["content-type: a/b"])
    }

    @Test func execHasItsDefaultsAndItsWords() throws {
        let action = "{exec: {command: [notify, -t, \"${key} x\"], environment: {A: b}, input: {k: \"${key}\"}}}"
        guard case .exec(let exec) = try #require(try actions(action).first) else {
            Issue.record("no exec")
            return
        }
        #expect(exec.program == "notify")
        #expect(exec.arguments.map(\.parts.count) == [1, 2])
        #expect(exec.environment.map(\.name) == ["A"])
        #expect(exec.timeout == .seconds(30))
        guard case .document = exec.input else {
            Issue.record("no document")
            return
        }
    }

    @Test func aSequenceHoldsActionsAndStopsUnlessItIsToldNotTo() throws {
        let actions = try actions(
            "{sequence: [{log: {message: a}}, {sequence: [{log: {message: b}}]}], stop_on_failure: false}")
        guard case .sequence(let steps, stopsOnFailure: false) = try #require(actions.first),
            case .sequence(let inner, stopsOnFailure: true) = try #require(steps.last)
        else {
            Issue.record("no sequence")
            return
        }
        #expect(steps.count == 2 && inner.count == 1)
    }

    @Test(arguments: [
        ("{http: {}}", ["6:18: the key \"url\" is missing"]),
        ("{http: {url: x}}", ["6:24: found the text \"x\", expected a url that begins with http:// or https://"]),
        (
            "{http: {url: 'ftp://h/${key}'}}",
            ["6:24: found the text \"ftp://h/${key}\", expected a url that begins with http:// or https://"]
        ),
        (
            "{http: {url: '${payload.url}'}}",
            [
                "6:24: found a url that begins with what an event says, expected a url that begins with http:// or https://: an event may choose a part of it, not where it goes"
            ]
        ),
        ("{http: {url: 'http:///x'}}", ["6:24: the url names no host"]),
        (
            "{http: {url: 'http://a b/x'}}",
            [
                "6:24: found a space in the url, which stands in none; url_encode(…) around the value writes it as %…"
            ]
        ),
        (
            "{http: {url: 'http://a:b@h/x'}}",
            ["6:24: found @ in the url's host; a name and a password go into the header Authorization"]
        ),
        (
            "{http: {url: 'http://h/', method: 'A B', timeout: 0s, retries: 11, body: '${', headers: {'a:': b, Host: c, d: 1}}}",
            [
                "6:45: found the text \"A B\", expected a method such as POST, PUT or GET",
                "6:61: found the text \"0s\", expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 100ms and at most 5m",
                "6:74: found the number 11, expected a whole number from 0 to 10",
                "6:85: found ${ without its }",
                "6:100: found \"a:\", expected a header's name such as Content-Type",
                "6:109: found the header \"Host\", which is set by what is sent, expected another",
                "6:121: found the number 1, expected a text; as a text it stands in quotes",
            ]
        ),
        ("{exec: {}}", ["6:18: the key \"command\" is missing"]),
        (
            "{exec: {command: 'rm -rf x'}}",
            [
                "6:28: found the text \"rm -rf x\", expected a list of the program and its arguments, such as [notify-send, \"${key}\"]; no shell reads it"
            ]
        ),
        (
            "{exec: {command: []}}",
            [
                "6:28: found an empty list, expected a list of the program and its arguments, such as [notify-send, \"${key}\"]; no shell reads it"
            ]
        ),
        (
            "{exec: {command: ['${payload.program}', 5], environment: {'a=b': c}, timeout: 2h}}",
            [
                "6:29: found an expression, expected a program as it is called: no event is to choose it",
                "6:51: found the number 5, expected a text; as a text it stands in quotes",
                "6:69: found \"a=b\", expected a variable's name without = and control characters",
                "6:89: found the text \"2h\", expected a duration such as 250ms, 30s, 5m, 2h, 1d, 1h30m of at least 100ms and at most 1h",
            ]
        ),
        ("{sequence: []}", ["6:22: found an empty list, expected actions"]),
        (
            "{sequence: [{exec: {}}], stop_on_failure: 1}",
            ["6:30: the key \"command\" is missing", "6:53: found the number 1, expected true or false"]
        ),
        (
            "{log: {message: x}, stop_on_failure: true}",
            ["6:31: unknown key \"stop_on_failure\", expected one of publish, http, exec, log, sequence"]
        ),
        (
            "{log: {message: '${secret(payload.name)}'}}",
            ["6:45: found an expression, expected the secret's name as a text: no event is to choose a secret"]
        ),
    ])
    func mistakes(_ action: String, _ errors: [String]) {
        #expect(load(action).errors == errors.map { "a.yaml:" + $0 })
    }

    @Test func aSecretIsOneOfTheFilesOwn() {
        let action = "{http: {url: 'https://h/', headers: {Authorization: 'Bearer ${secret(\"tokn\")}'}}}"
        #expect(load(action).errors == [])
        #expect(load(action, secrets: .names(["tokn"])).errors == [])
        #expect(
            load(action, secrets: .names(["token"])).errors == [
                "a.yaml:6:80: there is no secret \"tokn\" in the configuration's secrets_file; did you mean \"token\"?"
            ])
        #expect(
            load(action, secrets: .none).errors == [
                "a.yaml:6:80: found the secret \"tokn\", and the configuration names no \"secrets_file\" to read it from"
            ])
    }

    @Test func aSecretMayBeAWholeURLWithoutAWarning() {
        #expect(load("{http: {url: '${secret(\"hook\")}'}}").errors == [])
        #expect(load("{http: {url: '${secret(\"hook\")}'}}").hints == [])
    }

    @Test func secretsStandInActionsAlone() {
        let loaded = Loaded(
            pattern:
                "define: {x: secret('a')}\nblocks: [{next: \"secret('a') == 'b'\"}]\nemit: {topic: \"${secret('a')}\"}")
        #expect(loaded.errors.count == 3)
        #expect(loaded.errors.allSatisfy { $0.contains("`secret` is for the texts of \"actions\" alone") })
    }

    @Test func whatOthersSeeIsHintedAt() {
        #expect(
            load("{exec: {command: [curl, '${secret(\"a\")}']}}").hints.first?.contains("6:35: hint: everyone on")
                == true)
        #expect(load("{http: {url: 'http://${key}/x'}}").hints.first?.contains("chooses the host") == true)
        #expect(load("{http: {url: 'http://h/${key}'}}").hints == [])
    }
}
