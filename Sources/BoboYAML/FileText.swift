private import Foundation

/// Reads files of bounded size.
package enum FileText {
    package enum ReadError: Error, Hashable, Sendable, CustomStringConvertible {
        case absent
        case isFolder
        case notReadable(reason: String)
        case tooLarge(limit: Int)

        package var description: String {
            switch self {
            case .absent: "no such file"
            case .isFolder: "found a folder, expected a file"
            case .notReadable(let reason): "the file can't be read: \(reason)"
            case .tooLarge(let limit): "the file is larger than \(ByteSize.text(Int64(limit)))"
            }
        }
    }

    /// - Parameter limit: in bytes. No more than one byte beyond it is read, whatever the file is.
    package static func read(path: String, limit: Int) throws(ReadError) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .absent }
        guard !isFolder.boolValue else { throw .isFolder }
        var bytes: [UInt8] = []
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            while bytes.count <= limit, let chunk = try handle.read(upToCount: limit + 1 - bytes.count), !chunk.isEmpty
            {
                bytes += chunk
            }
        } catch {
            let cause = error as NSError
            let underlying = cause.userInfo[NSUnderlyingErrorKey] as? NSError
            throw .notReadable(reason: (underlying ?? cause).localizedDescription)
        }
        guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        return bytes
    }
}
