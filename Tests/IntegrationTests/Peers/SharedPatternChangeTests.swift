import Foundation
import Testing

/// Patterns that change while gateways share their runs.
@Suite(.waiting) struct SharedPatternChangeTests {
    @Test("A pattern that is new on all gateways is shared, and runs of those that are as before go on")
    func changed() throws {
        let gateways = try Gateways(Trip.setup())
        try gateways.start()
        for key in ["k", "l"] { try gateways.say(1, of: key, on: .left) }
        try gateways.waitForActiveRuns(2)
        try gateways.write(Trip.pattern(steps: 2, name: "hop"), pattern: "hop")
        for name in gateways.setup.names {
            try gateways.process(name).waitForLine(containing: "patterns were read anew")
        }
        try gateways.waitTillTogether()
        // Begun at one, ended at the other, both by the new pattern and by the old one.
        try gateways.say(2, of: "k", on: .right)
        try gateways.say(1, of: "new", on: .left)
        try gateways.waitForActiveRuns(4)
        try gateways.say(3, of: "k", on: .left)
        #expect(try gateways.waitForTrip(of: "k").seen == [1, 3, 5])
        try gateways.say(2, of: "new", on: .right)
        #expect(try gateways.client.waitForData(of: "hop").map(\.description) == [#"{"key":"new","seen":[4,6]}"#])
    }

    @Test(
        "While one gateway has another version of a pattern its runs are refused, and told of; afterwards they are shared"
    )
    func oneAfterTheOther() throws {
        let gateways = try Gateways(Trip.setup())
        try gateways.start()
        try gateways.say(1, of: "old", on: .left)
        try gateways.waitForActiveRuns(1)
        try gateways.write(Trip.pattern(steps: 2), pattern: "trip", of: "gw-a")
        try gateways.process("gw-a").waitForLine(containing: "patterns were read anew")
        try gateways.say(1, of: "k", on: .left)
        try gateways.process("gw-b").waitForLine(containing: "another version of trip/steps", timeout: .seconds(30))
        try gateways.write(Trip.pattern(steps: 2), pattern: "trip", of: "gw-b")
        try gateways.process("gw-b").waitForLine(containing: "patterns were read anew")
        // What gw-a had of the new version gw-b gets now.
        try gateways.waitForActiveRuns(1)
        try gateways.say(2, of: "k", on: .right)
        #expect(try gateways.waitForTrip(of: "k").seen == [2, 3])
        try gateways.waitForActiveRuns(0)
    }
}
