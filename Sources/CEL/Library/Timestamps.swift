extension StandardLibrary {
    /// The parts of a timestamp, in UTC or in a zone; a duration as a whole in a unit; and timestamps of numbers.
    static let timestamps: [StandardFunction] =
        parts.flatMap { $0 } + milliseconds + [unixSeconds, unixMillis]

    private static let parts: [[StandardFunction]] = [
        StandardFunction.part("getFullYear") { $0.year },
        StandardFunction.part("getMonth") { $0.month - 1 },
        StandardFunction.part("getDayOfYear") { $0.dayOfYear },
        StandardFunction.part("getDayOfMonth") { $0.day - 1 },
        StandardFunction.part("getDate") { $0.day },
        StandardFunction.part("getDayOfWeek") { $0.weekday },
        StandardFunction.part("getHours", nanosecondsOfUnit: 3_600_000_000_000) { $0.secondOfDay / 3600 },
        StandardFunction.part("getMinutes", nanosecondsOfUnit: 60_000_000_000) { $0.secondOfDay / 60 % 60 },
        StandardFunction.part("getSeconds", nanosecondsOfUnit: 1_000_000_000) { $0.secondOfDay % 60 },
    ]

    /// Of a duration too, only what is below the second.
    private static let milliseconds: [StandardFunction] = [
        .unary("getMilliseconds", member: true, [(.timestamp, .int), (.duration, .int)]) {
            value throws(EvaluationFailure) in
            switch value {
            case .timestamp(let timestamp): return .int(Int64(timestamp.nanoseconds / 1_000_000))
            case .duration(let duration): return .int(Int64(duration.nanoseconds / 1_000_000))
            default: throw EvaluationFailure(.noMatchingOverload("getMilliseconds"))
            }
        },
        .binary("getMilliseconds", member: true, constantRule: .timeZone, [(.timestamp, .string, .int)]) {
            value, zone throws(EvaluationFailure) in
            guard case (.timestamp(let timestamp), .string) = (value, zone) else {
                throw EvaluationFailure(.noMatchingOverload("getMilliseconds"))
            }
            return .int(Int64(timestamp.nanoseconds / 1_000_000))
        },
    ]

    private static let unixSeconds = StandardFunction.unary(
        "unix_seconds", [(.int, .timestamp), (.uint, .timestamp), (.double, .timestamp)]
    ) { value throws(EvaluationFailure) in
        .timestamp(try timestamp(of: value, perSecond: 1, name: "unix_seconds"))
    }

    private static let unixMillis = StandardFunction.unary(
        "unix_millis", [(.int, .timestamp), (.uint, .timestamp), (.double, .timestamp)]
    ) { value throws(EvaluationFailure) in
        .timestamp(try timestamp(of: value, perSecond: 1000, name: "unix_millis"))
    }

    private static func timestamp(
        of value: Value, perSecond: Int64, name: String
    ) throws(EvaluationFailure) -> Timestamp {
        let timestamp: Timestamp?
        if case .double(let number) = value, Int64(exactly: number) == nil {
            // A double of our time is exact to about a quarter of a microsecond: what lies below is noise.
            let microseconds = (number * Double(1_000_000 / perSecond)).rounded()
            guard abs(microseconds) < 0x1p62 else { throw EvaluationFailure(.overflow) }
            let (seconds, rest) = Int64(microseconds).dividedDown(by: 1_000_000)
            timestamp = Timestamp(seconds: seconds, nanoseconds: Int32(rest) * 1000)
        } else {
            let (seconds, rest) = try value.asWholeNumber(name).dividedDown(by: perSecond)
            timestamp = Timestamp(seconds: seconds, nanoseconds: Int32(rest * (1_000_000_000 / perSecond)))
        }
        guard let timestamp else { throw EvaluationFailure(.overflow) }
        return timestamp
    }
}

extension StandardFunction {
    /// - Parameter nanosecondsOfUnit: where a duration has the function too, giving itself in that unit, cut.
    fileprivate static func part(
        _ name: String, nanosecondsOfUnit: Int64? = nil, _ body: @escaping @Sendable (CivilTime) -> Int64
    ) -> [StandardFunction] {
        var signatures: [(CELType, CELType)] = [(.timestamp, .int)]
        if nanosecondsOfUnit != nil { signatures.append((.duration, .int)) }
        return [
            .unary(name, member: true, signatures) { value throws(EvaluationFailure) in
                switch value {
                case .timestamp(let timestamp): return .int(body(CivilTime(seconds: timestamp.seconds)))
                case .duration(let duration):
                    guard let nanosecondsOfUnit else { throw EvaluationFailure(.noMatchingOverload(name)) }
                    return .int(duration.totalNanoseconds / nanosecondsOfUnit)
                default: throw EvaluationFailure(.noMatchingOverload(name))
                }
            },
            .binary(name, member: true, constantRule: .timeZone, [(.timestamp, .string, .int)]) {
                value, zone throws(EvaluationFailure) in
                guard case (.timestamp(let timestamp), .string(let zone)) = (value, zone) else {
                    throw EvaluationFailure(.noMatchingOverload(name))
                }
                let offset = try TimeZones.offset(of: zone, at: timestamp)
                return .int(body(CivilTime(seconds: timestamp.seconds + offset)))
            },
        ]
    }
}
