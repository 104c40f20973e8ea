import BoboYAML
import CEL

/// What `secret("name")` may name.
package enum KnownSecrets: Sendable {
    /// Nobody knows here: the secrets are not on this machine, or are not asked for.
    case any
    /// The configuration names no `secrets_file`.
    case none
    case names(Set<String>)

    /// Reports each call that names no secret, or does not say in the file which.
    /// - Returns: whether there is none.
    func report(_ program: Program, _ place: (Int) -> SourcePlace, _ problems: ProblemCollector) -> Bool {
        var isSound = true
        for call in program.hostCalls where call.name == "secret" {
            guard let problem = problem(call) else { continue }
            problems.error(place(call.offsets.first ?? 0), problem)
            isSound = false
        }
        return isSound
    }

    private func problem(_ call: Program.HostCall) -> String? {
        guard case .string(let name)?? = call.arguments.first else {
            return "found an expression, expected the secret's name as a text: no event is to choose a secret"
        }
        switch self {
        case .any: return nil
        case .none:
            return
                "found the secret \"\(shortenedForMessage(name))\", and the configuration names no \"secrets_file\" to read it from"
        case .names(let names):
            if names.contains(name) { return nil }
            let nearest = nearestName(to: name, among: Array(names)).map { "; did you mean \"\($0)\"?" } ?? ""
            return "there is no secret \"\(shortenedForMessage(name))\" in the configuration's secrets_file\(nearest)"
        }
    }
}
