import BoboEngine
import BoboGateway

/// The patterns, and where their runs wait.
enum PatternsJSON {
    /// What `/api/patterns` says: the patterns without their runs.
    static func list(_ patterns: (edition: UInt64, phenomena: [Phenomenon])) -> [UInt8] {
        var json = JSONWriter()
        json.raw("[")
        for (index, phenomenon) in patterns.phenomena.enumerated() {
            json.raw(index > 0 ? ",{\"phenomenon\":" : "{\"phenomenon\":")
            json.write(phenomenon.name)
            json.raw(",\"description\":")
            json.write(phenomenon.description)
            json.raw(",\"patterns\":[")
            for (place, pattern) in phenomenon.patterns.enumerated() {
                json.raw(place > 0 ? ",{\"pattern\":" : "{\"pattern\":")
                json.write(pattern.name)
                json.raw(",\"blocks\":")
                json.write(Int64(pattern.blocks.count))
                json.raw("}")
            }
            json.raw("]}")
        }
        json.raw("]")
        return json.bytes
    }

    /// Each pattern with the number of runs that wait at each block.
    static func write(_ runs: [RunsByBlock], _ phenomena: [Phenomenon], to json: inout JSONWriter) {
        let descriptions = Dictionary(phenomena.map { ($0.name, $0.description) }) { first, _ in first }
        json.raw("[")
        var before: String?
        for (index, run) in runs.enumerated() {
            json.raw(index > 0 ? ",{\"phenomenon\":" : "{\"phenomenon\":")
            json.write(run.phenomenon)
            if before != run.phenomenon, let description = descriptions[run.phenomenon], !description.isEmpty {
                json.raw(",\"description\":")
                json.write(description)
            }
            before = run.phenomenon
            json.raw(",\"pattern\":")
            json.write(run.pattern)
            json.raw(",\"runs\":")
            write(run.counts, to: &json)
            json.raw("}")
        }
        json.raw("]")
    }

    static func write(_ counts: [Int32], to json: inout JSONWriter) {
        json.raw("[")
        for (index, count) in counts.enumerated() {
            if index > 0 { json.raw(",") }
            json.write(Int64(count))
        }
        json.raw("]")
    }
}
