import BoboEngine
import CEL

extension JSONWriter {
    /// Which pattern an entry is of: a member or more, each after a comma.
    mutating func write(_ reference: PatternReference) {
        switch reference {
        case .place(let place):
            raw(",\"pattern\":")
            write(Int64(place))
        case .name(let phenomenon, let pattern, let version):
            raw(",\"phenomenon\":")
            write(phenomenon)
            raw(",\"pattern\":")
            write(pattern)
            guard let version else { return }
            raw(",\"version\":")
            write(version)
        }
    }

    /// An entry of `resting`.
    mutating func write(_ rest: RestCopy, _ reference: PatternReference, _ add: [RunEntry.Addition]) {
        raw("{\"run\":")
        write(rest.run)
        write(reference)
        raw(",\"key\":")
        append(rest.key.json)
        raw(",\"ts\":")
        write(rest.timestamp)
        if let ended = rest.ended {
            raw(",\"ended\":")
            write(ended)
        }
        if !add.isEmpty {
            raw(",\"add\":")
            write(add)
        }
        raw("}")
    }

    /// The places of a history's events, with their groups where they stand in any.
    mutating func write(_ additions: [RunEntry.Addition]) {
        raw("[")
        for (index, addition) in additions.enumerated() {
            if index > 0 { raw(",") }
            guard !addition.group.isEmpty else {
                write(Int64(addition.place))
                continue
            }
            raw("[")
            write(addition.group)
            raw(",")
            write(Int64(addition.place))
            raw("]")
        }
        raw("]")
    }
}
