/// Something of the embedding program that expressions see as an object with declared fields: an event, say.
///
/// One of the fields may be a document (`ObjectType.Field.isDocument`): what lies below it is read by constant paths,
/// which `PathTable` numbers, so that the program can extract beforehand what expressions will ask for.
public protocol HostObject: AnyObject, Sendable {
    /// The declaration of the object's fields. Used where an object's type is not known when the expression is compiled
    /// (`[event, 1].exists(e, …)`), and by `type()`.
    var objectType: ObjectType { get }

    /// - Parameter index: the place of the field in the declared `ObjectType.fields`.
    func field(_ index: Int) throws(EvaluationFailure) -> Value

    /// The value at a path below the document field; the empty path is the whole document.
    /// - Throws: `noSuchField` where a level is missing or its parent is no map.
    func value(atPath path: Int) throws(EvaluationFailure) -> Value

    /// Whether the last level of the path is there, for `has()`.
    /// - Throws: `noSuchField` where an earlier level is missing or no map.
    func hasValue(atPath path: Int) throws(EvaluationFailure) -> Bool

    func isEqual(to other: any HostObject) -> Bool
}

extension HostObject {
    /// An object without fields that could be found by name.
    public var objectType: ObjectType { ObjectType(name: "object", fields: []) }
}

/// The declared fields of a host object.
public struct ObjectType: Hashable, Sendable {
    public struct Field: Hashable, Sendable {
        public let name: String
        public let type: CELType
        /// Whether what lies below is read by `HostObject.value(atPath:)`.
        public let isDocument: Bool

        public init(name: String, type: CELType, isDocument: Bool = false) {
            self.name = name
            self.type = type
            self.isDocument = isDocument
        }
    }

    public let name: String
    public let fields: [Field]

    public init(name: String, fields: [Field]) {
        self.name = name
        self.fields = fields
    }
}
