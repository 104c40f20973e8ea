/// Takes out of texts what an action was given as secret: a server may well send it back.
struct SecretMask: Sendable {
    private static let cover = Array("***".utf8)
    /// A piece of a secret that is shorter than this tells too little, and would be found everywhere.
    private static let shortestPiece = 4

    /// Longest first, so that none is covered in part.
    private let secrets: [[UInt8]]

    /// - Parameter texts: the secrets, and what expressions made of them.
    init(_ texts: [String]) {
        var forms: Set<[UInt8]> = []
        for text in texts where !text.isEmpty {
            forms.insert(Array(text.utf8))
            var json = JSONWriter()
            json.write(text)
            forms.insert(Array(json.bytes.dropFirst().dropLast()))
            forms.insert(Array(URLEncoding.encode(text).utf8))
            forms.insert(Array(Base64.encode(Array(text.utf8)).utf8))
        }
        secrets = forms.sorted { $0.count > $1.count }
    }

    /// - Parameter isCut: whether more may have followed, so that a secret's beginning may stand at the end.
    func apply(to text: String, isCut: Bool = false) -> String {
        guard !secrets.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if let found = secrets.first(where: { bytes[index...].starts(with: $0) }) {
                result += SecretMask.cover
                index += found.count
            } else if isCut, bytes.count - index >= SecretMask.shortestPiece,
                secrets.contains(where: { $0.starts(with: bytes[index...]) })
            {
                result += SecretMask.cover
                break
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
