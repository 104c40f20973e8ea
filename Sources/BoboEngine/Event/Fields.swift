import CEL

/// The parts of a payload that some expression reads, found in one pass over the message.
struct Fields: Sendable {
    /// What stands at a path; `passage` is a map on the way to a longer path, itself not read.
    enum Content: Sendable {
        case value(Value)
        case passage
    }

    let found: ContiguousArray<(path: Int, content: Content)>
    let rootIsMap: Bool
    let paths: Paths

    /// Few paths are found in one message, so a linear search beats hashing.
    func content(_ path: Int) -> Content? {
        for entry in found where entry.path == path { return entry.content }
        return nil
    }

    func value(_ path: Int) throws(EvaluationFailure) -> Value {
        if case .value(let value)? = content(path) { return value }
        // A pattern that was loaded later may ask an event of before for what nobody asked for then.
        guard paths.isWanted(path) else {
            throw EvaluationFailure(.other("a field that was not read when the event came"))
        }
        throw missing(path)
    }

    func hasValue(_ path: Int) throws(EvaluationFailure) -> Bool {
        if content(path) != nil { return true }
        guard paths.isWanted(path) else {
            throw EvaluationFailure(.other("a field that was not read when the event came"))
        }
        guard let parent = paths.parent(of: path) else { return true }
        guard isMap(parent) else { throw missing(path) }
        return false
    }

    private func isMap(_ path: Int) -> Bool {
        guard paths.parent(of: path) != nil else { return rootIsMap }
        switch content(path) {
        case .passage, .value(.map): return true
        case .value, nil: return false
        }
    }

    /// Why nothing stands at the path: the first name on the way that is missing, or what is no map.
    private func missing(_ path: Int) -> EvaluationFailure {
        guard let parent = paths.parent(of: path) else { return EvaluationFailure(.noSuchField(paths.name(of: path))) }
        if paths.parent(of: parent) == nil {
            return rootIsMap
                ? EvaluationFailure(.noSuchField(paths.name(of: path)))
                : EvaluationFailure(.notAMap(field: paths.name(of: path)))
        }
        switch content(parent) {
        case .passage, .value(.map): return EvaluationFailure(.noSuchField(paths.name(of: path)))
        case .value: return EvaluationFailure(.notAMap(field: paths.name(of: path)))
        case nil: return missing(parent)
        }
    }
}
