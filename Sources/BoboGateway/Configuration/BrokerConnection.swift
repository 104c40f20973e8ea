package import BoboMQTT

extension Configuration.Broker {
    /// What every connection to this broker is made with; session and will are for whoever makes it.
    ///
    /// - Parameter clientID: nil: the gateway's own.
    /// - Returns: nil where no broker is named.
    /// - Throws: `BrokerURLError`, which a URL that was read from a configuration does not bring.
    package func connectionOptions(clientID: String? = nil) throws(BrokerURLError) -> ConnectionOptions? {
        guard let url else { return nil }
        return connectionOptions(to: try BrokerURL(url), clientID: clientID)
    }

    /// The same for a broker whose address is known otherwise: the private one.
    func connectionOptions(to url: BrokerURL, clientID: String? = nil) -> ConnectionOptions {
        var options = ConnectionOptions(url: url, clientID: clientID ?? self.clientID)
        options.version = version == .v5 ? .v5 : .v311
        options.username = username
        options.password = password?.text
        options.tls = ConnectionOptions.TLSFiles(authorities: caFile, certificate: certificateFile, key: keyFile)
        options.keepAlive = Int(keepAlive / 1000)
        return options
    }
}
