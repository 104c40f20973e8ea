extension Checker {
    /// - Returns: nil where the call is no macro.
    mutating func checkMacro(target: Expression?, name: String, arguments: [Expression], at offset: Int) -> Checked? {
        guard let target else {
            guard name == "has", arguments.count == 1 else { return nil }
            return checkHas(arguments[0], at: offset)
        }
        if name == "bind", case .identifier("cel", _) = target.kind, arguments.count == 3 {
            return checkBind(arguments, at: offset)
        }
        guard let (kind, variables, hasFilter) = MacroForm.find(name, arguments: arguments.count) else { return nil }
        let names = arguments.prefix(variables).map(\.macroVariable)
        for (index, variable) in names.enumerated() where variable == nil {
            return problem(
                "\(name) takes a name here, as in \(StandardLibrary.macros[name] ?? name)", at: place(arguments[index]))
        }
        let variable = names.compactMap { $0 }
        guard Set(variable).count == variable.count else {
            return problem("\(name) takes two different names", at: place(arguments[1]))
        }
        let range = check(target)
        guard let types = elementTypes(of: range.type, two: variables == 2) else {
            return problem(
                "\(name) goes through a list or a map, found \(range.type)", at: offset,
                failure: .noMatchingOverload(name))
        }
        return binding(Array(zip(variable, types))) { checker, places in
            let rest = Array(arguments.dropFirst(variables))
            let filter = hasFilter ? checker.checkCondition(rest[0], of: name) : nil
            let isCondition = [.all, .exists, .existsOne, .filter].contains(kind)
            let last = rest[rest.count - 1]
            let body = isCondition ? checker.checkCondition(last, of: name) : checker.check(last)
            let comprehension = Comprehension(
                kind: kind, range: range, keyLocal: variables == 2 ? places[0] : nil, local: places[variables - 1],
                filter: filter, body: body)
            let type = comprehension.type(keys: types[0], elements: types[types.count - 1])
            return Checked(.comprehension(comprehension), type, at: offset)
        }
    }

    /// Of one variable the list's elements or the map's keys, of two index and element or key and value.
    private func elementTypes(of range: CELType, two: Bool) -> [CELType]? {
        switch range {
        case .dyn: two ? [.dyn, .dyn] : [.dyn]
        case .list(let element): two ? [.int, element] : [element]
        case .map(let key, let value): two ? [key, value] : [key]
        default: nil
        }
    }

    private mutating func checkBind(_ arguments: [Expression], at offset: Int) -> Checked {
        guard let name = arguments[0].macroVariable else {
            return problem("bind takes a name here, as in cel.bind(name, value, expression)", at: place(arguments[0]))
        }
        let value = check(arguments[1])
        return binding([(name, value.type)]) { checker, places in
            let body = checker.check(arguments[2])
            return Checked(.bind(local: places[0], value, body: body), body.type, at: offset)
        }
    }
}

private enum MacroForm {
    /// The macro of that name that takes so many arguments.
    static func find(_ name: String, arguments: Int) -> (Comprehension.Kind, variables: Int, hasFilter: Bool)? {
        switch (name, arguments) {
        case ("all", 2): (.all, 1, false)
        case ("all", 3): (.all, 2, false)
        case ("exists", 2): (.exists, 1, false)
        case ("exists", 3): (.exists, 2, false)
        case ("exists_one", 2), ("existsOne", 2): (.existsOne, 1, false)
        case ("exists_one", 3), ("existsOne", 3): (.existsOne, 2, false)
        case ("filter", 2): (.filter, 1, false)
        case ("map", 2): (.map, 1, false)
        case ("map", 3): (.map, 1, true)
        case ("transformList", 3): (.map, 2, false)
        case ("transformList", 4): (.map, 2, true)
        case ("transformMap", 3): (.transformMap, 2, false)
        case ("transformMap", 4): (.transformMap, 2, true)
        case ("transformMapEntry", 3): (.transformMapEntry, 2, false)
        case ("transformMapEntry", 4): (.transformMapEntry, 2, true)
        default: nil
        }
    }
}

extension Expression {
    fileprivate var macroVariable: String? {
        if case .identifier(let name, false) = kind { name } else { nil }
    }
}

extension Comprehension {
    fileprivate func type(keys: CELType, elements: CELType) -> CELType {
        switch kind {
        case .all, .exists, .existsOne: .bool
        case .filter: .list(elements)
        case .map: .list(body.type)
        case .transformMap: .map(keys, body.type)
        case .transformMapEntry: body.type == .dyn ? .map(.dyn, .dyn) : body.type
        }
    }
}
