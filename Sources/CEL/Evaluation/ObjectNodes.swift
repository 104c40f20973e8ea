extension Value {
    /// - Throws: `notAnObject` where this is none.
    @inline(__always)
    func asObject() throws(EvaluationFailure) -> any HostObject {
        guard case .object(let object) = self else { throw EvaluationFailure(.notAnObject(typeName)) }
        return object
    }
}

/// A path below the document of an object that is a variable: the most frequent thing that predicates read.
final class VariablePathNode: Node {
    private let slot: Int
    private let path: Int

    init(slot: Int, path: Int) {
        self.slot = slot
        self.path = path
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        try frame.activation.value(slot, atPath: path)
    }
}

/// The same of an object that a macro goes through.
final class LocalPathNode: Node {
    private let local: Int
    private let path: Int

    init(local: Int, path: Int) {
        self.local = local
        self.path = path
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        try frame.locals[local].asObject().value(atPath: path)
    }
}

final class PathNode: Node {
    private let object: any Node
    private let path: Int

    init(object: any Node, path: Int) {
        self.object = object
        self.path = path
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        try object.evaluate(&frame).asObject().value(atPath: path)
    }
}

final class HasPathNode: ConditionNode {
    private let object: any Node
    private let path: Int

    init(object: any Node, path: Int) {
        self.object = object
        self.path = path
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        try object.evaluate(&frame).asObject().hasValue(atPath: path)
    }
}

final class FieldNode: Node {
    private let object: any Node
    private let index: Int

    init(object: any Node, index: Int) {
        self.object = object
        self.index = index
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        try object.evaluate(&frame).asObject().field(index)
    }
}

extension Value {
    /// A field by its name, of a map or of an object whose type was not known before.
    /// - Parameter rootPath: the number of the whole document, where the name may be that of a document field.
    func select(_ name: String, rootPath: Int?) throws(EvaluationFailure) -> Value {
        switch self {
        case .map(let map):
            guard let value = map[name] else { throw EvaluationFailure(.noSuchField(name)) }
            return value
        case .object(let object):
            let fields = object.objectType.fields
            guard let index = fields.firstIndex(where: { $0.name == name }) else {
                throw EvaluationFailure(.noSuchField(name))
            }
            if fields[index].isDocument, let rootPath { return try object.value(atPath: rootPath) }
            return try object.field(index)
        default: throw EvaluationFailure(.notAMap(field: name))
        }
    }
}

final class SelectNode: Node {
    private let operand: any Node
    private let name: String
    private let rootPath: Int?

    init(operand: any Node, name: String, rootPath: Int?) {
        self.operand = operand
        self.name = name
        self.rootPath = rootPath
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        try operand.evaluate(&frame).select(name, rootPath: rootPath)
    }
}

/// `has()` of a field whose operand's fields are not declared.
final class HasNode: ConditionNode {
    private let operand: any Node
    private let name: String

    init(operand: any Node, name: String, rootPath: Int?) {
        self.operand = operand
        self.name = name
    }

    func holds(_ frame: inout Frame) throws(EvaluationFailure) -> Bool {
        switch try operand.evaluate(&frame) {
        case .map(let map): map[name] != nil
        case .object(let object): object.objectType.fields.contains { $0.name == name }
        default: throw EvaluationFailure(.notAMap(field: name))
        }
    }
}

/// `operand[index]`
final class IndexNode: Node {
    private let operand: any Node
    private let index: any Node
    private let rootPath: Int?

    init(operand: any Node, index: any Node, rootPath: Int?) {
        self.operand = operand
        self.index = index
        self.rootPath = rootPath
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationFailure) -> Value {
        let operand = try operand.evaluate(&frame)
        let index = try index.evaluate(&frame)
        switch (operand, index) {
        case (.list(let list), _):
            let place = try index.asWholeNumber("[]")
            guard place >= 0, place < list.count else { throw EvaluationFailure(.indexOutOfRange(place)) }
            return list[Int(place)]
        case (.map(let map), .string(let name)):
            guard let value = map[name] else { throw EvaluationFailure(.noSuchField(name)) }
            return value
        case (.map(let map), .bool), (.map(let map), .int), (.map(let map), .uint), (.map(let map), .double):
            guard let value = map[index] else { throw EvaluationFailure(.noSuchField(index.description)) }
            return value
        case (.map, _): throw EvaluationFailure(.unsupportedKey(index.typeName))
        case (.object, .string(let name)): return try operand.select(name, rootPath: rootPath)
        default: throw EvaluationFailure(.noMatchingOverload("[]"))
        }
    }
}
