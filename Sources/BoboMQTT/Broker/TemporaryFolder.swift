import Glibc

/// A folder readable by its owner only, gone with this value.
final class TemporaryFolder {
    private let path: String
    private var names: Set<String> = []

    init(prefix: String) throws(EmbeddedBrokerError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system("a folder in \(parent)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func path(of name: String) -> String {
        names.insert(name)
        return "\(path)/\(name)"
    }

    func write(_ text: String, to name: String) throws(EmbeddedBrokerError) {
        guard let file = fopen(path(of: name), "w") else { throw .system("write \(path)/\(name)") }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else { throw .system("write \(path)/\(name)") }
    }

    /// The last lines of a text file, of its last 4 KiB at most.
    func lastLines(of name: String, count: Int) -> [String] {
        guard let file = fopen("\(path)/\(name)", "r") else { return [] }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        fseek(file, max(0, ftell(file) - 4096), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let length = fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes.prefix(length), as: UTF8.self)
        return text.split(separator: "\n").suffix(count).map(String.init)
    }
}
