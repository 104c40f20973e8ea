package import BoboYAML

extension Configuration {
    /// Whether a file that may be a pattern file or a configuration is rather a configuration: it names no phenomenon, has a
    /// key that only configurations have, or the configuration's usual name.
    package static func isLike(_ root: YAMLNode) -> Bool {
        if root.isNull { return isNamedAsOne(root.place.file) }
        guard let reader = root.mapping(ProblemCollector()), reader.optional("phenomenon") == nil else { return false }
        return isNamedAsOne(root.place.file)
            || reader.keys.contains { key, _ in keys.contains(key) }
            || reader.optional("patterns")?.scalar != nil
    }

    private static func isNamedAsOne(_ file: String) -> Bool { file == "bobo.yaml" || file.hasSuffix("/bobo.yaml") }

    /// Of the first level; `patterns` is in pattern files, too, with a list.
    private static let keys: Set<String> = [
        "instance", "prefix", "timezone", "broker", "secrets_file", "sensors", "max_lateness", "late", "max_ahead",
        "max_payload", "max_state", "queue", "peers", "partitions", "stats_interval", "log_level", "log_format",
        "home_assistant", "http",
    ]
}
