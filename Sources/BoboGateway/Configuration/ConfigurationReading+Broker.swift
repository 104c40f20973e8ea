internal import BoboMQTT
internal import BoboYAML

extension ConfigurationReading {
    func broker(instance: String) -> Configuration.Broker {
        var broker = Configuration.Broker(
            clientID: text("broker.client_id", expected: "a client identifier") ?? "bobo-\(instance)")
        broker.url = layers.value("broker.url", isText: true) { given in
            guard let scalar = given.node.scalar, scalar.value == .text else {
                // `found` could show a password.
                problems.error(given.node.place, "expected a URL that begins with mqtt:// or mqtts://")
                return nil
            }
            do throws(BrokerURLError) {
                return try BrokerURL(scalar.text)
            } catch {
                problems.error(given.node.place, "\(error)")
                return nil
            }
        }
        if let version = layers.value(
            "broker.version", read: { $0.node.oneOf(Configuration.ProtocolVersion.self, problems) })
        {
            broker.version = version
        }
        broker.username = text("broker.username", expected: "a user name")
        readPassword(&broker)
        broker.caFile = namedFile("broker.ca_file")
        broker.certificateFile = namedFile("broker.certificate_file")
        broker.keyFile = namedFile("broker.key_file", isSecret: true)
        // What libmosquitto takes: 5 to 65,535 s.
        if let keepAlive = wholeSeconds("broker.keep_alive", in: 5000...65_535_000) { broker.keepAlive = keepAlive }
        if let expiry = wholeSeconds("broker.session_expiry", in: 0...DurationText.limit) {
            broker.sessionExpiry = expiry
        }
        checkTogether(&broker)
        return broker
    }

    /// `password` and `password_file` say the same; of two in one layer neither can be preferred.
    private func readPassword(_ broker: inout Configuration.Broker) {
        let password: Secret? = layers.value("broker.password", isText: true) { given in
            guard let scalar = given.node.scalar, scalar.value == .text, (1...65535).contains(scalar.text.utf8.count)
            else {
                problems.error(
                    given.node.place, "expected a text of 1 to 65535 bytes; a password of digits stands in quotes")
                return nil
            }
            return Secret(scalar.text)
        }
        let file: String? = layers.value("broker.password_file", isText: true) { given in
            guard let text = given.node.text(problems, expected: "a path"), !text.isEmpty else { return nil }
            return joinedPath(given.folder, text)
        }
        if password != nil, file != nil, !layers.prefers("broker.password", to: "broker.password_file"),
            !layers.prefers("broker.password_file", to: "broker.password")
        {
            problems.error(place("broker.password"), "found password beside password_file, expected only one of them")
            return
        }
        if let file, password == nil || layers.prefers("broker.password_file", to: "broker.password") {
            layers.forget("broker.password")
            broker.passwordFile = file
            if checksFiles { broker.password = files.password(file, at: place("broker.password_file")) }
        } else if let password {
            layers.forget("broker.password_file")
            broker.password = password
            if case .file(let place) = layers.origins["broker.password"], checksFiles, files.isReadableByAll(place.file)
            {
                problems.hint(
                    place,
                    "everyone on this machine can read \(place.file) and the password in it; "
                        + "BOBO_BROKER_PASSWORD or password_file keep it apart")
            }
        }
    }

    private func wholeSeconds(_ path: String, in range: ClosedRange<Int64>) -> Int64? {
        layers.value(path) { given in
            guard let duration = given.node.duration(in: range, problems) else { return nil }
            guard duration % 1000 == 0 else {
                problems.error(given.node.place, "found \(DurationText.text(duration)), expected whole seconds")
                return nil
            }
            return duration
        }
    }

    private func checkTogether(_ broker: inout Configuration.Broker) {
        if broker.certificateFile != nil, broker.keyFile == nil {
            problems.error(place("broker.certificate_file"), "found certificate_file without key_file, expected both")
        }
        if broker.keyFile != nil, broker.certificateFile == nil {
            problems.error(place("broker.key_file"), "found key_file without certificate_file, expected both")
        }
        if broker.username == nil, let given = given(["broker.password", "broker.password_file"]) {
            problems.error(place(given), "found a password without username, expected both")
        }
        guard let url = broker.url else {
            let keys = ["username", "password", "password_file", "ca_file", "certificate_file", "key_file"]
            // A URL that was given and refused has been reported already.
            if let given = given(keys.map { "broker.\($0)" }), !problems.errors.contains(where: { isURL($0.place) }) {
                problems.error(place(given), "found \(given) without broker.url, which says what broker it is for")
            }
            return
        }
        guard !url.usesTLS else { return }
        for path in ["broker.ca_file", "broker.certificate_file", "broker.key_file"] where layers.origins[path] != nil {
            if layers.prefers("broker.url", to: path) {
                problems.hint(
                    place(path), "\(path) is passed over, since \(place("broker.url")) says mqtt://, without TLS")
            } else {
                problems.error(
                    place(path), "found \(path) with a URL that says mqtt://, without TLS; expected mqtts://")
            }
        }
        (broker.caFile, broker.certificateFile, broker.keyFile) = (nil, nil, nil)
    }

    private func given(_ paths: [String]) -> String? { paths.first { layers.origins[$0] != nil } }

    private func isURL(_ place: SourcePlace) -> Bool { layers.placesGiven(of: "broker.url").contains(place) }
}
