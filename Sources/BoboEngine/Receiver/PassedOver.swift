/// Topics of which the first message has come that no pattern cares about: none of their patterns' conditions fails on it, which
/// few ever ask for. So that of ten thousand topics no first message costs a look at all conditions, they are told when one fails.
final class PassedOver {
    // Safe: who notes a route holds it until it has been told.
    @exclusivity(unchecked) private var routes: ContiguousArray<Unmanaged<Route>> = []

    @inline(__always)
    func note(_ route: Unmanaged<Route>) { routes.append(route) }

    /// Acquits the conditions of all patterns that see these topics.
    func tell() {
        guard !routes.isEmpty else { return }
        for route in routes { route._withUnsafeGuaranteedRef { $0.acquit() } }
        routes = []
    }
}
