package import BoboYAML

/// The texts that `secret("name")` reads in actions: a YAML file of `name: text`.
package enum SecretsFile {
    /// - Returns: nil where there was an error, which has then been reported without showing what the file holds.
    package static func load(path: String, problems: ProblemCollector) -> [String: Secret]? {
        guard let node = YAMLDocument.load(path: path, isSecret: true, problems: problems) else { return nil }
        if node.isNull { return [:] }
        guard node.isMapping, let reader = node.mapping(problems) else {
            problems.error(node.place, "expected a mapping of names to texts")
            return nil
        }
        var secrets: [String: Secret] = [:]
        var isWhole = true
        for (key, place) in reader.keys {
            guard let scalar = reader.optional(key)?.scalar, scalar.value == .text else {
                problems.error(
                    place,
                    "expected a text as the secret \"\(shortenedForMessage(key))\"; one of digits stands in quotes")
                isWhole = false
                continue
            }
            secrets[key] = Secret(scalar.text)
        }
        return isWhole ? secrets : nil
    }
}
