internal import Synchronization

/// Numbers the constant paths that expressions read from documents. All environments of an engine share one.
public final class PathTable: Sendable {
    private struct State {
        var paths: [[String]] = []
        var numbers: [[ExactText]: Int] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// The path's number; a new path gets the next one.
    public func intern(_ path: [String]) -> Int {
        let names = path.map(ExactText.init)
        return state.withLock { state in
            if let number = state.numbers[names] { return number }
            let number = state.paths.count
            state.paths.append(path)
            state.numbers[names] = number
            return number
        }
    }

    /// All paths, each at its number.
    public var paths: [[String]] { state.withLock { $0.paths } }
}
