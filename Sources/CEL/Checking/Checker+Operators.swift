extension Checker {
    /// `payload.smoke-density` is a difference, and seldom meant.
    mutating func checkDifference(_ left: Expression, _ right: Expression, at offset: Int) -> Checked {
        let checked = check(left)
        let before = problems.count
        let subtrahend = check(right)
        if problems.count == before + 1, case .select(let operand, let name) = left.kind,
            case .identifier(let rest, _) = right.kind, left.offset + name.unicodeScalars.count == offset,
            right.offset == offset + 1, case .identifier(let base, _) = operand.kind
        {
            advise("; a field whose name holds - is \(base)[\"\(name)-\(rest)\"]")
        }
        return checkBinary(.subtract, checked, subtrahend, at: offset)
    }

    mutating func checkNegation(_ operand: Expression, at offset: Int) -> Checked {
        let checked = check(operand)
        guard [.dyn, .int, .double].contains(checked.type) else {
            return problem(
                "- takes int or double, found \(checked.type)", at: offset, failure: .noMatchingOverload("-"))
        }
        return Checked(.call(Arithmetic.negation, [checked]), checked.type, at: offset)
    }

    mutating func checkBinary(
        _ operation: BinaryOperator, _ left: Checked, _ right: Checked, at offset: Int
    ) -> Checked {
        let checked = Checked.Kind.binary(operation, left, right)
        switch operation {
        case .equal, .notEqual:
            if !left.type.canEqual(right.type) {
                _ = problem("\(left.type) is never equal to \(right.type)", at: offset)
            }
            return Checked(checked, .bool, at: offset)
        case .in:
            checkMembership(left, right, at: offset)
            return Checked(checked, .bool, at: offset)
        case .divide where left.type == .int && right.type == .int:
            hint("a division of two ints cuts: 3 / 2 is 1; double(…) on either side keeps the fraction", at: offset)
        default: break
        }
        let matching = operation.signatures.filter { signature in
            zip([left.type, right.type], signature.parameters).allSatisfy { found, expected in
                // Only % takes a double for an int; the others have signatures with doubles.
                operation == .modulo || found != .double || expected != .int ? found.serves(as: expected) : false
            }
        }
        guard let first = matching.first else {
            return Checked(checked, mismatch(operation, left, right, at: offset), at: offset)
        }
        let same = matching.allSatisfy { $0.result == first.result }
        if case (.list, .list) = (left.type, right.type) {
            return Checked(checked, left.type.joined(with: right.type), at: offset)
        }
        return Checked(checked, same ? first.result : .dyn, at: offset)
    }

    private mutating func mismatch(
        _ operation: BinaryOperator, _ left: Checked, _ right: Checked, at offset: Int
    ) -> CELType {
        var advice = ""
        if operation == .add, left.type == .string || right.type == .string {
            advice = "; string(…) makes a text of a value"
        } else if [left.type, right.type].contains(.string),
            [left.type, right.type].contains(where: { [.int, .uint, .double].contains($0) })
        {
            advice = "; a number stands without quotes, and double(…) makes one of a text"
        }
        _ = problem("\(operation.rawValue) does not take \(left.type) and \(right.type)\(advice)", at: offset)
        return .dyn
    }

    private mutating func checkMembership(_ left: Checked, _ right: Checked, at offset: Int) {
        switch right.type {
        case .dyn: break
        case .list(let member), .map(let member, _):
            if !left.type.canEqual(member) {
                _ = problem("\(left.type) is never in \(right.type)", at: offset)
            }
        default: _ = problem("in takes a list or a map on its right, found \(right.type)", at: right.offset)
        }
    }
}
