package import BoboMQTT

extension Configuration.Broker {
    /// What every connection to a broker is made with; session and will are for whoever makes it.
    ///
    /// - Parameters:
    ///   - url: the configuration's, or the private broker's.
    ///   - clientID: nil: the gateway's own.
    package func connectionOptions(to url: BrokerURL, clientID: String? = nil) -> ConnectionOptions {
        var options = ConnectionOptions(url: url, clientID: clientID ?? self.clientID)
        options.version = version == .v5 ? .v5 : .v311
        options.username = username
        options.password = password?.text
        options.tls = ConnectionOptions.TLSFiles(authorities: caFile, certificate: certificateFile, key: keyFile)
        options.keepAlive = Int(keepAlive / 1000)
        return options
    }
}
