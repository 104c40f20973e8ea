extension StandardLibrary {
    /// Over lists of numbers.
    static let aggregates: [StandardFunction] = [
        .unary("sum", [(.list(.int), .int), (.list(.uint), .uint), (.list(.double), .double)]) {
            list throws(EvaluationFailure) in
            guard case .list(let list) = list else { throw EvaluationFailure(.noMatchingOverload("sum")) }
            guard var sum = list.elements.first else { return .int(0) }
            guard sum.asDouble != nil else { throw EvaluationFailure(.noMatchingOverload("sum")) }
            for element in list.elements.dropFirst() {
                guard element.asDouble != nil else { throw EvaluationFailure(.noMatchingOverload("sum")) }
                sum = try Arithmetic.add(sum, element)
            }
            return sum
        },
        .unary("avg", [(.list(.double), .double), (.list(.int), .double), (.list(.uint), .double)]) {
            list throws(EvaluationFailure) in
            .double(try list.mean(name: "avg"))
        },
        .unary("stddev", [(.list(.double), .double), (.list(.int), .double), (.list(.uint), .double)]) {
            list throws(EvaluationFailure) in
            guard case .list(let list) = list else { throw EvaluationFailure(.noMatchingOverload("stddev")) }
            guard list.count > 0 else { throw EvaluationFailure(.emptyList("stddev")) }
            var deviation = Deviation()
            for element in list.elements {
                guard let number = element.asDouble else { throw EvaluationFailure(.noMatchingOverload("stddev")) }
                deviation.add(number)
            }
            return .double(deviation.value)
        },
    ]
}

extension Value {
    /// - Throws: `emptyList` of none.
    fileprivate func mean(name: String) throws(EvaluationFailure) -> Double {
        guard case .list(let list) = self else { throw EvaluationFailure(.noMatchingOverload(name)) }
        guard list.count > 0 else { throw EvaluationFailure(.emptyList(name)) }
        var sum = 0.0
        for element in list.elements {
            guard let number = element.asDouble else { throw EvaluationFailure(.noMatchingOverload(name)) }
            sum += number
        }
        return sum / Double(list.count)
    }
}
