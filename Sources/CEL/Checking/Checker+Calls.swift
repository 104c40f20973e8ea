extension Checker {
    mutating func checkCall(target: Expression?, name: String, arguments: [Expression], at offset: Int) -> Checked {
        if let macro = checkMacro(target: target, name: name, arguments: arguments, at: offset) { return macro }
        if let target, let namespace = namespace(of: target) {
            let qualified = "\(namespace).\(name)"
            if environment.hasFunction(named: qualified, isMember: false) {
                return checkFunction(qualified, isMember: false, arguments.map { check($0) }, at: offset)
            }
        }
        if let reason = environment.reserved[name] {
            return problem(reason, at: offset)
        }
        if target == nil, name == "dyn", arguments.count == 1 {
            return Checked(check(arguments[0]).kind, .dyn, at: offset)
        }
        guard environment.hasFunction(named: name, isMember: target != nil) else {
            // Its arguments may be those of a macro that was misspelt, with names that only that would bind.
            return undeclaredFunction(name, isMember: target != nil, at: offset)
        }
        let values = ((target.map { [$0] } ?? []) + arguments).map { check($0) }
        return checkFunction(name, isMember: target != nil, values, at: offset)
    }

    /// The names before the last dot of a call, where they are no variable.
    private func namespace(of target: Expression) -> String? {
        guard target.isQualifiedName else { return nil }
        var names: [String] = []
        var rest = target
        while case .select(let operand, let name) = rest.kind {
            names.append(name)
            rest = operand
        }
        guard case .identifier(let first, _) = rest.kind else { return nil }
        guard local(named: first) == nil, environment.variables[first] == nil else { return nil }
        return ([first] + names.reversed()).joined(separator: ".")
    }

    private mutating func checkFunction(
        _ name: String, isMember: Bool, _ values: [Checked], at offset: Int
    ) -> Checked {
        let hostFunctions = environment.functions.filter { $0.name == name && $0.isMember == isMember }
        let standard = StandardLibrary.functions[.init(name: name, isMember: isMember)] ?? []
        let types = values.map(\.type)
        let matchingHost = hostFunctions.filter { types.serve(as: $0.parameters) }
        if !matchingHost.isEmpty {
            let results = matchingHost.map(\.result)
            let type = results.allSatisfy { $0 == results[0] } ? results[0] : .dyn
            return Checked(.hostCall(matchingHost, values), type, at: offset)
        }
        for function in standard {
            guard function.isVariadic ? !values.isEmpty : function.parameterCount == values.count else { continue }
            let results = function.results(for: types)
            guard let first = results.first else { continue }
            let type = results.allSatisfy { $0 == first } ? first : .dyn
            return checkConstants(of: function, values, Checked(.call(function, values), type, at: offset))
        }
        return mismatch(name, isMember: isMember, types, hostFunctions, standard, at: offset)
    }

    /// What is wrong with constants is said before they are evaluated.
    private mutating func checkConstants(of function: StandardFunction, _ values: [Checked], _ call: Checked) -> Checked
    {
        guard function.constantRule != .none, let last = values.last, case .constant(let value) = last.kind else {
            return call
        }
        do throws(EvaluationFailure) {
            switch (function.constantRule, value) {
            case (.result, _): _ = try function.call([value])
            case (.timeZone, .string(let name)): try TimeZones.check(name)
            case (.regularExpression, .string(let text)): _ = try RegularExpression(text)
            default: break
            }
            return call
        } catch {
            return problem(error.description, at: last.offset, failure: error.kind)
        }
    }

    private mutating func undeclaredFunction(_ name: String, isMember: Bool, at offset: Int) -> Checked {
        if StandardLibrary.functions[.init(name: name, isMember: !isMember)] != nil
            || environment.functions.contains(where: { $0.name == name })
        {
            let form = isMember ? "\(name)(…)" : "value.\(name)(…)"
            return problem("\(name) is called as \(form)", at: offset)
        }
        if let form = StandardLibrary.macros[name] { return problem("\(name) is used as \(form)", at: offset) }
        let suggestion = Suggestion.text(for: name, among: environment.functionNames)
        return problem("undeclared function \(name)\(suggestion)", at: offset)
    }

    private mutating func mismatch(
        _ name: String, isMember: Bool, _ types: [CELType], _ host: [FunctionDeclaration],
        _ standard: [StandardFunction], at offset: Int
    ) -> Checked {
        func form(_ parameters: [CELType]) -> String {
            let texts = parameters.map(\.description)
            guard isMember, let first = texts.first else { return "\(name)(\(texts.joined(separator: ", ")))" }
            return "\(first).\(name)(\(texts.dropFirst().joined(separator: ", ")))"
        }
        let expected = host.map { form($0.parameters) } + standard.flatMap(\.signatures).map { form($0.parameters) }
        let shown = expected.prefix(6).joined(separator: ", ") + (expected.count > 6 ? ", …" : "")
        return problem("found \(form(types)), expected \(shown)", at: offset, failure: .noMatchingOverload(name))
    }
}

extension [CELType] {
    func serve(as parameters: [CELType]) -> Bool {
        count == parameters.count && zip(self, parameters).allSatisfy { $0.serves(as: $1) }
    }
}

extension StandardFunction {
    /// The types of result that the types of the values leave open.
    fileprivate func results(for types: [CELType]) -> [CELType] {
        guard isVariadic else { return signatures.filter { types.serve(as: $0.parameters) }.map(\.result) }
        return signatures.filter { signature in
            types.allSatisfy { type in signature.parameters.contains { type.serves(as: $0) } }
        }.map(\.result)
    }
}
