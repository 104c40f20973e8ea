extension Checker {
    /// A name, or names joined by dots, of which the longest beginning that is declared is looked for first.
    mutating func checkSelection(_ expression: Expression) -> Checked {
        guard let chain = NameChain(expression) else {
            guard case .select(let operand, let name) = expression.kind else { return unreachable(expression) }
            return select(check(operand), name, at: place(expression))
        }
        let offset = alias == nil ? chain.offset : place(expression)
        if !chain.isAbsolute, let (local, type) = local(named: chain.names[0]) {
            return select(Checked(.local(local), type, at: offset), chain, from: 1)
        }
        for prefix in chain.isAbsolute ? [""] : environment.containerPrefixes {
            for length in stride(from: chain.names.count, to: 0, by: -1) {
                let name = prefix + chain.names[..<length].joined(separator: ".")
                guard let found = declared(name, at: offset) else { continue }
                return select(found, chain, from: length)
            }
        }
        let name = chain.names[0]
        let known = visibleLocals + environment.names
        return problem(
            "undeclared name \(name)\(Suggestion.text(for: name, among: known))", at: offset)
    }

    private mutating func unreachable(_ expression: Expression) -> Checked {
        problem("found no name", at: place(expression))
    }

    /// Variables, aliases, reserved names and types, in this order.
    private mutating func declared(_ name: String, at offset: Int) -> Checked? {
        if let variable = environment.variables[name] {
            return Checked(.variable(slot: variable.slot), variable.type, at: offset)
        }
        if let expression = environment.aliases[name] { return checkAlias(expression, usedAt: offset) }
        if let reason = environment.reserved[name] { return problem(reason, at: offset) }
        if let type = StandardLibrary.types[name] { return Checked(.constant(.type(type)), .type, at: offset) }
        return nil
    }

    private mutating func select(_ base: Checked, _ chain: NameChain, from start: Int) -> Checked {
        var result = base
        for index in chain.names.indices.dropFirst(start) {
            let offset = alias?.offset ?? chain.offsets[index]
            result = select(result, chain.names[index], at: offset)
        }
        return result
    }

    /// `operand.name`, also `operand["name"]` where the operand is an object or lies in its document.
    mutating func select(_ operand: Checked, _ name: String, at offset: Int) -> Checked {
        if case .path(let object, let names) = operand.kind {
            return Checked(.path(object: object, names: names + [name]), .dyn, at: offset)
        }
        switch operand.type {
        case .dyn: return Checked(.select(operand, name: name), .dyn, at: offset)
        case .map(let key, let value):
            guard key == .dyn || key == .string else {
                return problem(
                    "found the field \(name) of a map with keys of type \(key)", at: offset, failure: .noSuchField(name)
                )
            }
            return Checked(.select(operand, name: name), value, at: offset)
        case .object(let typeName):
            guard let type = environment.objectTypes[typeName] else {
                return Checked(.select(operand, name: name), .dyn, at: offset)
            }
            guard let index = type.fields.firstIndex(where: { $0.name == name }) else {
                let suggestion = Suggestion.text(for: name, among: type.fields.map(\.name))
                return problem("\(typeName) has no field \(name)\(suggestion)", at: offset, failure: .noSuchField(name))
            }
            let field = type.fields[index]
            if field.isDocument { return Checked(.path(object: operand, names: []), field.type, at: offset) }
            return Checked(.field(object: operand, index: index), field.type, at: offset)
        case .list:
            return problem(
                "found the field \(name) of a list; an element is list[0], all of them list.map(e, e.\(name))",
                at: offset,
                failure: .notAMap(field: name))
        default:
            return problem(
                "found the field \(name) of \(operand.type), which has none", at: offset, failure: .notAMap(field: name)
            )
        }
    }

    mutating func checkIndex(_ operand: Checked, _ index: Checked, at offset: Int) -> Checked {
        if case .constant(.string(let name)) = index.kind {
            switch (operand.kind, operand.type) {
            case (.path, _), (_, .object): return select(operand, name, at: offset)
            default: break
            }
        }
        let whole = Checked(.index(operand, index), .dyn, at: offset)
        switch operand.type {
        case .dyn: return whole
        case .list(let element):
            guard [.dyn, .int, .uint, .double].contains(index.type) else {
                return problem("a list's index is an int, found \(index.type)", at: index.offset)
            }
            return Checked(whole.kind, element, at: offset)
        case .map(let key, let value):
            guard index.type.canEqual(key) else {
                return problem("the map's keys are \(key), found \(index.type)", at: index.offset)
            }
            return Checked(whole.kind, value, at: offset)
        default: return problem("found an index of \(operand.type), expected a list or a map", at: offset)
        }
    }

    /// `has(operand.name)`
    mutating func checkHas(_ argument: Expression, at offset: Int) -> Checked {
        guard case .select = argument.kind else {
            return problem("has() takes a field, as in has(value.field)", at: place(argument))
        }
        let selected = check(argument)
        switch selected.kind {
        case .path(let object, let names) where !names.isEmpty:
            return Checked(.hasPath(object: object, names: names), .bool, at: offset)
        case .select(let operand, let name): return Checked(.has(operand, name: name), .bool, at: offset)
        case .path, .field, .failure: break
        default: return problem("has() takes a field, as in has(value.field)", at: selected.offset)
        }
        if case .failure = selected.kind { return selected }
        // A declared field of an object is always there.
        return Checked(.constant(.bool(true)), .bool, at: offset)
    }
}

/// Names joined by dots.
private struct NameChain {
    private(set) var names: [String] = []
    private(set) var offsets: [Int] = []
    let isAbsolute: Bool

    var offset: Int { offsets[0] }

    /// nil where the expression is more than names.
    init?(_ expression: Expression) {
        var rest = expression
        var reversed: [(String, Int)] = []
        while case .select(let operand, let name) = rest.kind {
            reversed.append((name, rest.offset))
            rest = operand
        }
        guard case .identifier(let name, let isAbsolute) = rest.kind else { return nil }
        self.isAbsolute = isAbsolute
        for (name, offset) in [(name, rest.offset)] + reversed.reversed() {
            names.append(name)
            offsets.append(offset)
        }
    }
}
