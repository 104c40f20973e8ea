import BoboMQTT
import Testing

@Suite struct ConnectionOptionsTests {
    private func error(_ change: (inout ConnectionOptions) -> Void) -> ConnectionOptionError? {
        var options = ConnectionOptions(url: BrokerURL(host: "127.0.0.1", port: 1), clientID: "x")
        change(&options)
        do throws(ConnectionOptionError) {
            _ = try Connection(options)
            return nil
        } catch {
            return error
        }
    }

    @Test("Options that no connection can be made with are refused with their reason")
    func refused() {
        #expect(error { $0.keepAlive = 4 } == .keepAlive(seconds: 4))
        #expect(error { $0.keepAlive = 65536 } == .keepAlive(seconds: 65536))
        #expect(error { $0.clientID = "a\0b" } == .clientID)
        #expect(error { $0.clientID = String(repeating: "x", count: 65536) } == .clientID)
        #expect(
            error {
                $0.clientID = ""
                $0.cleanStart = false
            } == .sessionWithoutClientID)
        #expect(error { $0.receiveMaximum = 0 } == .zeroMaximum)
        #expect(error { $0.password = "x" } == .passwordWithoutUsername)
        #expect(error { $0.username = "a\0b" } == .credentials)
        #expect(error { $0.tls.authorities = "/dev/null" } == .filesWithoutTLS)
        #expect(
            error {
                $0.url = BrokerURL(host: "127.0.0.1", port: 1, usesTLS: true)
                $0.tls.certificate = "/dev/null"
            } == .certificateWithoutKey)
        #expect(error { $0.keepAlive = 5 } == nil)
    }
}
