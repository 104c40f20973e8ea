import Foundation
import PeerSimulation

/// `simulate [--seeds N] [--first S] [--family F] [--minutes M] [--seed S] [--steps N]`
@main
enum Simulate {
    static func main() throws {
        // Dictionaries have the same order each time only so.
        if getenv("SWIFT_DETERMINISTIC_HASHING") == nil {
            setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
            var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) } + [nil]
            execv("/proc/self/exe", &arguments)
        }
        let options = try SimulateOptions(CommandLine.arguments.dropFirst())
        exit(try SeedSeries(options).run() ? 0 : 1)
    }
}

struct SimulateOptions {
    struct Unknown: Error { let argument: String }

    var seeds: UInt64 = 1000
    var first: UInt64 = 1
    var families = Family.allCases
    var minutes = 2.5
    /// One seed alone, with its steps.
    var seed: UInt64?
    var steps = 200
    var workers = ProcessInfo.processInfo.activeProcessorCount

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw Unknown(argument: name) }
            switch name {
            case "--seeds": seeds = UInt64(value) ?? seeds
            case "--first": first = UInt64(value) ?? first
            case "--family":
                families = value.split(separator: ",").compactMap { Family(rawValue: String($0)) }
                if families.isEmpty { throw Unknown(argument: value) }
            case "--minutes": minutes = Double(value) ?? minutes
            case "--seed": seed = UInt64(value)
            case "--steps": steps = Int(value) ?? steps
            case "--workers": workers = Int(value) ?? workers
            default: throw Unknown(argument: name)
            }
        }
    }
}
