import ArgumentParser

/// What shells offer for the names of files: folders as well, so that one finds one's way.
extension CompletionKind {
    static var patterns: CompletionKind { .file(extensions: ["yaml", "yml", "json"]) }
    static var configuration: CompletionKind { .file(extensions: ["yaml", "yml", "json"]) }
    static var events: CompletionKind { .file(extensions: ["jsonl"]) }
}
