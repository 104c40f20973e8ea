internal import BoboYAML
private import Foundation

/// Checks of the files that a configuration names.
struct NamedFiles {
    let problems: ProblemCollector

    /// Whether the file can be read; reported where not.
    @discardableResult func check(_ path: String, at place: SourcePlace) -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            problems.error(place, "no such file: \(path)")
            return false
        }
        guard !isFolder.boolValue else {
            problems.error(place, "found a folder, expected a file: \(path)")
            return false
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            problems.error(place, "the file can't be read, its permissions forbid it: \(path)")
            return false
        }
        return true
    }

    /// The same without a word.
    func isThere(_ path: String) -> Bool { NamedFiles(problems: ProblemCollector()).check(path, at: .whole(path)) }

    /// A file that others must not read.
    @discardableResult func checkSecret(_ path: String, at place: SourcePlace) -> Bool {
        guard check(path, at: place) else { return false }
        if isReadableByAll(path) {
            problems.hint(place, "everyone on this machine can read \(path); chmod 600 forbids it")
        }
        return true
    }

    /// The first line of the file, reported where there is none.
    func password(_ path: String, at place: SourcePlace) -> Secret? {
        guard checkSecret(path, at: place) else { return nil }
        do {
            // MQTT takes no more than 65,535 bytes.
            let bytes = try FileText.read(path: path, limit: 65_537)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                problems.error(place, "not UTF-8: \(path)")
                return nil
            }
            let line = text.prefix { !$0.isNewline }
            guard !line.isEmpty else {
                problems.error(place, "the first line, expected to be the password, is empty: \(path)")
                return nil
            }
            return Secret(String(line))
        } catch {
            problems.error(place, "\(error): \(path)")
            return nil
        }
    }

    func isReadableByAll(_ path: String) -> Bool {
        // Of a symbolic link the attributes are its own, and any may read it.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let permissions = try? FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? NSNumber
        return (permissions?.intValue ?? 0) & 0o004 != 0
    }
}
