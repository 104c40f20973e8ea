package import CEL

/// Reads payloads whole, as a gateway's receiver reads them. Belongs to one thread.
package final class PayloadReader {
    private let parser: PayloadParser
    private let whole: Int

    /// - Throws: never in fact: the expression is this type's own.
    package init() throws(CompilationError) {
        let table = PathTable()
        let program = try ExpressionEnvironment(paths: table, groups: []).compile("payload")
        let paths = Paths(table, read: [program])
        parser = PayloadParser(paths: paths)
        whole = paths.whole
    }

    /// The message parsed as JSON when it is JSON, else its text, else its bytes.
    package func read(_ payload: UnsafeRawBufferPointer) -> (value: Value, format: Body.Format) {
        if case .value(let value)? = parser.fields(of: payload)?.content(whole) { return (value, .json) }
        let bytes = Array(payload)
        if let text = String(validating: bytes, as: UTF8.self) { return (.string(text), .text) }
        return (.bytes(bytes), .bytes)
    }
}
