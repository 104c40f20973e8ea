import CEL
import CSimdjson

/// A condition on one field of the event under check, asked where the parser has put it.
struct EventTest {
    enum Answer {
        case yes, no
        /// The expression is to be asked: a failure, most likely.
        case unknown
    }

    private enum Kind: UInt8 {
        case isText, isNoText, isNumber, isNoNumber, less, lessOrEqual, greater, greaterOrEqual, isTrue, isFalse
    }

    // In 24 bytes: with thousands of patterns each line of the processor's cache counts.
    /// A number's, or the address of a text.
    private let bits: UInt64
    private let textCount: Int32
    private let smallPath: Int32
    private let kind: Kind

    private var path: Int { Int(smallPath) }
    private var number: Double { Double(bitPattern: bits) }
    // Safe: the pool holds the text.
    private var text: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: UInt(bits)), count: Int(textCount))
    }

    /// - Parameter pool: holds the text as long as this is used.
    init(_ test: PathTest, _ pool: EventTestPool) {
        smallPath = Int32(test.path)
        var number = 0.0
        var text = UnsafeRawBufferPointer(start: nil, count: 0)
        switch test.constant {
        case .text(let constant):
            kind = test.comparison == .equal ? .isText : .isNoText
            text = pool.add(constant)
        case .number(let constant):
            kind =
                switch test.comparison {
                case .equal: .isNumber
                case .notEqual: .isNoNumber
                case .less: .less
                case .lessOrEqual: .lessOrEqual
                case .greater: .greater
                case .greaterOrEqual: .greaterOrEqual
                }
            number = constant
        case .bool(let constant): kind = constant ? .isTrue : .isFalse
        }
        bits = text.baseAddress.map { UInt64(UInt(bitPattern: $0)) } ?? number.bitPattern
        textCount = Int32(text.count)
    }

    @inline(__always)
    func ask(_ content: EventContent) -> Answer {
        guard let node = content.node(path)?.pointee else { return .unknown }
        let found = bobo_json_kind(node.kind)
        switch kind {
        case .isText, .isNoText:
            let isSame =
                found == bobo_json_text
                && UnsafeRawBufferPointer(start: node.text, count: Int(node.count)).isSame(as: text)
            return isSame == (kind == .isText) ? .yes : .no
        case .isTrue, .isFalse:
            guard found == bobo_json_true || found == bobo_json_false else { return .unknown }
            return (found == bobo_json_true) == (kind == .isTrue) ? .yes : .no
        case .isNumber, .isNoNumber:
            guard found != bobo_json_integer else { return .unknown }
            return (found == bobo_json_number && node.number == number) == (kind == .isNumber) ? .yes : .no
        case .less: return found == bobo_json_number ? node.number < number ? .yes : .no : .unknown
        case .lessOrEqual: return found == bobo_json_number ? node.number <= number ? .yes : .no : .unknown
        case .greater: return found == bobo_json_number ? node.number > number ? .yes : .no : .unknown
        case .greaterOrEqual: return found == bobo_json_number ? node.number >= number ? .yes : .no : .unknown
        }
    }
}

extension UnsafeBufferPointer<EventTest> {
    /// For an expression that asks something else, too.
    static var none: Self { Self(start: nil, count: 0) }

    /// nil: the expression is to be asked. There is one test, or more.
    @inline(__always)
    func ask(_ content: EventContent) -> Outcome? {
        var outcome: Outcome? = .match
        for test in self {
            switch test.ask(content) {
            case .yes: break
            // What is false decides, whether or not others fail.
            case .no: return .noMatch
            case .unknown: outcome = nil
            }
        }
        return outcome
    }
}
