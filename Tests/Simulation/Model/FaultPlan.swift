/// What fails, and when.
struct FaultPlan {
    enum Fault {
        case kill(String, downFor: Duration, losesPower: Bool)
        case pause(String, lasts: Duration)
    }

    /// In the time between, and some time after, what is read and replicated may be late.
    struct Window {
        let start: Duration
        var end: Duration
    }

    private(set) var faults: [(at: Duration, fault: Fault)] = []
    private(set) var windows: [Window] = []

    init(_ scenario: Scenario, _ random: inout SeededRandom) {
    }

    func schedule(in world: World) {
    }
}
