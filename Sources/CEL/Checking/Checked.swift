/// An expression whose names are resolved and whose type is known, as far as it can be.
struct Checked: Sendable {
    indirect enum Kind: Sendable {
        case constant(Value)
        case variable(slot: Int)
        /// A variable that a macro binds, by its place in `Frame.locals`.
        case local(Int)
        /// A constant path below the document field of an object; the empty path is the whole document.
        case path(object: Checked, names: [String])
        case hasPath(object: Checked, names: [String])
        case field(object: Checked, index: Int)
        /// A field of a value whose fields are not declared.
        case select(Checked, name: String)
        case has(Checked, name: String)
        case index(Checked, Checked)
        case not(Checked)
        case all([Checked])
        case any([Checked])
        case conditional(Checked, Checked, Checked)
        case binary(BinaryOperator, Checked, Checked)
        case list([Checked])
        case map([(key: Checked, value: Checked)])
        case call(StandardFunction, [Checked])
        case hostCall([FunctionDeclaration], [Checked])
        case comprehension(Comprehension)
        /// `cel.bind`
        case bind(local: Int, Checked, body: Checked)
        /// What the checker found wrong, where problems are let pass.
        case failure(EvaluationFailure)
    }

    let kind: Kind
    let type: CELType
    let offset: Int

    init(_ kind: Kind, _ type: CELType, at offset: Int) {
        self.kind = kind
        self.type = type
        self.offset = offset
    }
}

/// A macro that goes through a list or the keys of a map.
struct Comprehension: Sendable {
    enum Kind: Sendable { case all, exists, existsOne, filter, map, transformMap, transformMapEntry }

    let kind: Kind
    let range: Checked
    /// With two variables, that of the index or key; the other then has the element or the map's value.
    let keyLocal: Int?
    let local: Int
    /// What elements must meet to be mapped.
    let filter: Checked?
    let body: Checked
}
