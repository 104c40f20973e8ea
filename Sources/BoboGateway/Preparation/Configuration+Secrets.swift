import BoboEngine
package import BoboPatterns
package import BoboYAML

extension Configuration {
    /// What `secret("name")` gives, and may name: of the gateway itself, which needs them.
    func secrets(_ problems: ProblemCollector) -> (known: KnownSecrets, secrets: Secrets) {
        guard let secretsFile else { return (.none, Secrets()) }
        // What is wrong with it has been reported.
        guard let loaded = SecretsFile.load(path: secretsFile, problems: problems) else { return (.any, Secrets()) }
        return (.names(Set(loaded.keys)), Secrets(loaded.mapValues(\.text)))
    }

    /// What `secret("name")` may name, for who only looks: the file need not be on this machine, nor be theirs to read.
    package func knownSecrets(_ problems: ProblemCollector) -> KnownSecrets {
        guard let secretsFile else { return file == nil ? .any : .none }
        guard NamedFiles(problems: problems).isThere(secretsFile) else { return .any }
        return secrets(problems).known
    }
}
