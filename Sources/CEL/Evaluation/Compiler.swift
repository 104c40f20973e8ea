/// Makes the tree of nodes that is evaluated, and collects what the program reads.
struct Compiler {
    let environment: Environment
    private(set) var slots: Set<Int> = []
    private(set) var objectPaths: [Int] = []
    private(set) var hostCalls: [Program.HostCall] = []
    /// The fields of objects that are variables, and which variables are read in another way than by such fields and paths.
    private(set) var fields: Set<Program.Field> = []
    private(set) var wholes: Set<Int> = []

    init(_ environment: Environment) { self.environment = environment }

    mutating func compile(_ checked: Checked) -> any Node {
        switch checked.kind {
        case .constant(let value): return ConstantNode(value)
        case .variable(let slot):
            slots.insert(slot)
            wholes.insert(slot)
            return VariableNode(slot: slot)
        case .local(let local): return LocalNode(local: local)
        case .path(let object, let names): return path(of: object, intern(names))
        case .hasPath(let object, let names): return HasPathNode(object: compile(object), path: intern(names))
        case .field(let object, let index):
            guard case .variable(let slot) = object.kind else {
                return FieldNode(object: compile(object), index: index)
            }
            slots.insert(slot)
            fields.insert(Program.Field(slot: slot, index: index))
            return FieldNode(object: VariableNode(slot: slot), index: index)
        case .select(let operand, let name): return select(operand, name)
        case .has(let operand, let name):
            return HasNode(operand: compile(operand), name: name, rootPath: rootPath(name))
        case .index(let operand, let place): return index(operand, place)
        case .not(let operand):
            let operand = compile(operand)
            return folded(NotNode(operand: operand), [operand])
        case .all(let parts): return all(parts.map { compile($0) })
        case .any(let parts): return any(parts.map { compile($0) })
        case .conditional(let condition, let first, let second):
            return ConditionalNode(condition: compile(condition), first: compile(first), second: compile(second))
        case .binary(let operation, let left, let right): return binary(operation, compile(left), compile(right))
        case .list(let elements):
            let elements = elements.map { compile($0) }
            return folded(ListNode(elements: elements), elements)
        case .map(let entries):
            let keys = entries.map { compile($0.key) }
            let values = entries.map { compile($0.value) }
            return folded(MapNode(keys: keys, values: values), keys + values)
        case .call(let function, let arguments):
            let whole = call(function, arguments.map { compile($0) })
            return aggregate(function, arguments, whole: whole) ?? whole
        case .hostCall(let functions, let arguments):
            let nodes = arguments.map { compile($0) }
            hostCalls.append(
                Program.HostCall(
                    name: functions[0].name,
                    arguments: zip(nodes, arguments).map { ($0.0 as? ConstantNode)?.value },
                    offsets: arguments.map(\.offset)))
            return HostCallNode(functions: functions, arguments: nodes)
        case .comprehension(let comprehension): return self.comprehension(comprehension)
        case .bind(let local, let value, let body):
            return BindNode(local: local, value: compile(value), body: compile(body))
        case .failure(let failure): return FailureNode(failure)
        }
    }

    /// A node of constants becomes a constant, where it has a value.
    private func folded(_ node: any Node, _ parts: [any Node]) -> any Node {
        guard parts.allSatisfy({ $0 is ConstantNode }) else { return node }
        do throws(EvaluationFailure) {
            var frame = Frame(Activation())
            return ConstantNode(try node.evaluate(&frame))
        } catch {
            return node
        }
    }

    private func all(_ parts: [any Node]) -> any Node {
        parts.count == 2 ? AndNode(left: parts[0], right: parts[1]) : AllOfNode(parts: parts)
    }

    private func any(_ parts: [any Node]) -> any Node {
        parts.count == 2 ? OrNode(left: parts[0], right: parts[1]) : AnyOfNode(parts: parts)
    }

    private func binary(_ operation: BinaryOperator, _ left: any Node, _ right: any Node) -> any Node {
        let node: any Node =
            switch operation {
            case .equal: EqualityNode.make(left, right, isNegated: false)
            case .notEqual: EqualityNode.make(left, right, isNegated: true)
            case .less: OrderNode.make(left, right, .less)
            case .lessOrEqual: OrderNode.make(left, right, .lessOrEqual)
            case .greater: OrderNode.make(left, right, .greater)
            case .greaterOrEqual: OrderNode.make(left, right, .greaterOrEqual)
            case .in: MembershipNode(element: left, collection: right)
            case .add: AdditionNode(left: left, right: right)
            case .subtract: BinaryCallNode(left: left, right: right, body: Arithmetic.subtract)
            case .multiply: BinaryCallNode(left: left, right: right, body: Arithmetic.multiply)
            case .divide: BinaryCallNode(left: left, right: right, body: Arithmetic.divide)
            case .modulo: BinaryCallNode(left: left, right: right, body: Arithmetic.modulo)
            }
        return folded(node, [left, right])
    }

    private func call(_ function: StandardFunction, _ arguments: [any Node]) -> any Node {
        if function.name == StandardLibrary.matchesName {
            return folded(match(text: arguments[0], arguments[1]), arguments)
        }
        let node: any Node =
            switch function.body {
            case .unary(let body): UnaryCallNode(operand: arguments[0], body: body)
            case .binary(let body): BinaryCallNode(left: arguments[0], right: arguments[1], body: body)
            case .list(let body): ListCallNode(arguments: arguments, body: body)
            }
        return folded(node, arguments)
    }

    /// A constant that is no regular expression fails when it is evaluated.
    private func match(text: any Node, _ expression: any Node) -> any Node {
        if case .string(let constant) = (expression as? ConstantNode)?.value,
            let compiled = try? RegularExpression(constant)
        {
            return MatchNode(text: text, expression: compiled)
        }
        return DynamicMatchNode(text: text, expression: expression)
    }

    private mutating func comprehension(_ comprehension: Comprehension) -> any Node {
        let loop = Loop(
            range: compile(comprehension.range), keyLocal: comprehension.keyLocal, local: comprehension.local)
        let filter = comprehension.filter.map { compile($0) }
        let body = compile(comprehension.body)
        return switch comprehension.kind {
        case .all: AllNode(loop: loop, body: body)
        case .exists: ExistsNode(loop: loop, body: body)
        case .existsOne: ExistsOneNode(loop: loop, body: body)
        case .filter: FilterNode(loop: loop, body: body)
        case .map: MapMacroNode(loop: loop, filter: filter, body: body)
        case .transformMap: TransformMapNode(loop: loop, filter: filter, body: body)
        case .transformMapEntry: TransformMapEntryNode(loop: loop, filter: filter, body: body)
        }
    }
}

// MARK: - Objects

extension Compiler {
    private mutating func intern(_ names: [String]) -> Int {
        let path = environment.paths.intern(names)
        if !objectPaths.contains(path) { objectPaths.append(path) }
        return path
    }

    private mutating func path(of object: Checked, _ path: Int) -> any Node {
        switch object.kind {
        case .variable(let slot):
            slots.insert(slot)
            return VariablePathNode(slot: slot, path: path)
        case .local(let local): return LocalPathNode(local: local, path: path)
        default: return PathNode(object: compile(object), path: path)
        }
    }

    private mutating func select(_ operand: Checked, _ name: String) -> any Node {
        let node = compile(operand)
        return folded(SelectNode(operand: node, name: name, rootPath: rootPath(name)), [node])
    }

    private mutating func index(_ operand: Checked, _ index: Checked) -> any Node {
        let operand = compile(operand)
        let index = compile(index)
        var root: Int?
        if case .string(let name) = (index as? ConstantNode)?.value { root = rootPath(name) }
        return folded(IndexNode(operand: operand, index: index, rootPath: root), [operand, index])
    }

    /// Where the type of an operand is not known, it may yet be an object, and the field its document: then the whole
    /// document is read.
    private mutating func rootPath(_ name: String) -> Int? {
        let isDocument = environment.objectTypes.values.contains { type in
            type.fields.contains { $0.isDocument && $0.name == name }
        }
        return isDocument ? intern([]) : nil
    }

    mutating func necessaryEqualities(of checked: Checked) -> [Program.Equality] {
        switch checked.kind {
        case .all(let parts): return parts.flatMap { necessaryEqualities(of: $0) }
        case .binary(.equal, let left, let right):
            return [(left, right), (right, left)].compactMap { path, other in
                guard case .path(let object, let names) = path.kind, case .variable(let slot) = object.kind,
                    let constant = compile(other) as? ConstantNode
                else { return nil }
                return Program.Equality(slot: slot, path: intern(names), value: constant.value)
            }
        default: return []
        }
    }
}
