import Testing

@testable import BoboGateway

/// `home_assistant` and `http` of the configuration.
@Suite struct HomeSettingsTests {
    @Test func bothAreOffByDefault() throws {
        let configuration = try #require(try ConfigurationFolder().load().configuration)
        #expect(
            configuration.homeAssistant
                == Configuration.HomeAssistant(discovery: false, prefix: "homeassistant", name: "Bobo"))
        #expect(configuration.http.listen == nil)
    }

    @Test func anAddressIsAHostAndAPort() throws {
        for (text, host, port, isLoopback) in [
            ("127.0.0.1:9180", "127.0.0.1", 9180, true), ("[::1]:80", "::1", 80, true),
            ("localhost:0", "localhost", 0, true),
            ("0.0.0.0:9180", "0.0.0.0", 9180, false), ("[::]:1", "::", 1, false),
            ("gw.local:65535", "gw.local", 65535, false),
            ("127.evil.com:80", "127.evil.com", 80, false), ("127.0.0.1.evil.com:80", "127.0.0.1.evil.com", 80, false),
        ] {
            let address = try #require(ListenAddress(text), "\(text)")
            #expect((address.host, address.port, address.isLoopback) == (host, port, isLoopback), "\(text)")
            #expect(address.description == text)
        }
        for text in ["", ":80", "a", "a:", "a:x", "a:65536", "::1:80", "[a]:1", "a b:1", "a/b:1", "http://a:1"] {
            #expect(ListenAddress(text) == nil, "\(text)")
        }
    }

    @Test func othersThanThisMachineNeedAToken() throws {
        let folder = try ConfigurationFolder()
        let (without, messages) = try folder.load("http: {listen: \"0.0.0.0:9180\"}")
        #expect(without == nil)
        #expect(
            messages == [
                "bobo.yaml:1:16: 0.0.0.0:9180 can be reached from other machines: a token_file is needed, whose first line they give"
            ])
        try folder.write("token", "0123456789abcdef\nmore")
        let with = try #require(try folder.load("http: {listen: \"0.0.0.0:9180\", token_file: token}").configuration)
        #expect(with.http.token?.text == "0123456789abcdef")
        #expect(!with.printed.contains("0123456789abcdef"))
        try folder.write("token", "short")
        #expect(
            try folder.load("http: {listen: \"[::1]:80\", token_file: token}").messages.first?.contains(
                "expected a token of 16 to 500") == true)
        #expect(try folder.load("http: {listen: \"\", token_file: \"\"}").configuration?.http.listen == nil)
    }

    @Test func environmentVariablesSetThem() throws {
        let environment = [
            "BOBO_HTTP_LISTEN": "127.0.0.1:1", "BOBO_HOME_ASSISTANT_DISCOVERY": "true",
            "BOBO_HOME_ASSISTANT_PREFIX": "a/b",
        ]
        let configuration = try #require(try ConfigurationFolder().load(environment: environment).configuration)
        #expect(configuration.http.listen?.port == 1)
        #expect(configuration.homeAssistant.discovery)
        #expect(configuration.homeAssistant.prefix == "a/b")
    }
}
