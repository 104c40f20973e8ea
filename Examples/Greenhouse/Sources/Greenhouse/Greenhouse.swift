import BoboEngine
import BoboPatternBuilder
import Foundation

/// What the sensors send.
struct Climate: Decodable, Sendable {
    let celsius: Double
    let humidity: Double
}

enum Window: String, Decodable, Sendable {
    case open, closed
}

/// What the complex events carry.
struct Alarm: Codable {
    let house: String
    let celsius: Double
}

/// A greenhouse that gets hot and whose window stays closed: `greenhouse/<house>/climate`, `greenhouse/<house>/window`.
func overheating() throws -> Phenomenon {
    let heat = Group<Climate>("heat")
    return try Phenomenon("overheating", description: "Hot, and nobody opens the window") {
        try Pattern(
            "hot-and-closed", version: "1", key: .level(1), rest: .seconds(3600),
            data: { run in Alarm(house: run.key() ?? "", celsius: try run[heat][0].payload.celsius) }
        ) {
            FollowedBy(heat, on: "greenhouse/+/climate") { $0.payload.celsius > 35 }
            // Rising still: a cloud would have helped.
            FollowedBy(on: "greenhouse/+/climate", as: Climate.self) { climate, run in
                try climate.payload.celsius >= run[heat][0].payload.celsius
            }
            Absent(
                for: .seconds(600), When(on: "greenhouse/+/window", as: Window.self) { $0.payload == .open })
        }
    }
}

@main
struct Greenhouse {
    static func main() throws {
        let detector = Detector([try overheating()])
        let noon = Date(timeIntervalSince1970: 1_764_072_000)
        let messages: [(minutes: Double, topic: String, payload: String)] = [
            (0, "greenhouse/north/climate", #"{"celsius": 36.5, "humidity": 60}"#),
            (0, "greenhouse/south/climate", #"{"celsius": 38, "humidity": 55}"#),
            (2, "greenhouse/north/climate", #"{"celsius": 37, "humidity": 58}"#),
            (2, "greenhouse/south/climate", #"{"celsius": 38.5, "humidity": 54}"#),
            (5, "greenhouse/south/window", "open"),
            (6, "greenhouse/north/climate", "offline"),
        ]
        for message in messages {
            show(detector.take(message.payload, on: message.topic, at: noon + 60 * message.minutes))
        }
        // Time passes without a message, too: a program calls this by a timer, at `detector.nextDeadline`.
        show(detector.advance(to: noon + 3600))
    }

    static func show(_ events: [ComplexEvent]) {
        for event in events {
            guard let alarm = try? event.data(as: Alarm.self) else { continue }
            print("\(event.phenomenon): \(alarm.house) was at \(alarm.celsius) °C, and its window stays closed")
        }
    }
}
