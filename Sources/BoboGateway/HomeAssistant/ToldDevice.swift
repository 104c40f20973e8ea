import CEL

/// What was told of the shared device, as far as it is known here: what other versions have beside is theirs.
struct ToldDevice: Equatable {
    /// Components that were told of, and those that were taken back.
    var present: Set<String> = []
    var gone: Set<String> = []

    init(present: Set<String>, gone: [String]) {
        self.present = present
        self.gone = Set(gone)
    }

    /// - Parameter message: what is no such message told of nothing.
    init(_ message: Value?) {
        guard case .map(let message)? = message, case .map(let components)? = message["components"] else { return }
        for case (.string(let name), .map(let component)) in components {
            guard case .string(let platform)? = component["platform"],
                platform == HomeAssistantNames.platform(of: name)
            else { continue }
            // What is taken back names nothing but its kind.
            if component.count == 1 || component["revived"] != nil { gone.insert(name) } else { present.insert(name) }
        }
    }
}
