package import CEL

/// Reads payloads whole, as a gateway's receiver reads them. Belongs to one thread.
package final class PayloadReader {
    private let parser: PayloadParser
    private let paths: Paths

    /// - Throws: never in fact: the expression is this type's own.
    package init() throws(CompilationError) {
        let table = PathTable()
        let program = try ExpressionEnvironment(paths: table, groups: []).compile("payload")
        paths = Paths(table, read: [program])
        parser = PayloadParser(paths: paths)
    }

    /// The message parsed as JSON when it is JSON, else its text, else its bytes.
    package func read(_ payload: UnsafeRawBufferPointer) -> (value: Value, format: Body.Format) {
        if let value = try? parser.content(of: payload)?.value(paths.whole, paths) { return (value, .json) }
        let bytes = Array(payload)
        if let text = String(validating: bytes, as: UTF8.self) { return (.string(text), .text) }
        return (.bytes(bytes), .bytes)
    }
}
