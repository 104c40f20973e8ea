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

    let path: Int
    private let kind: Kind
    private let number: Double
    private let text: UnsafeRawBufferPointer

    /// - Parameter texts: holds the texts as long as this is used.
    init(_ test: PathTest, texts: TextPool) {
        path = test.path
        switch test.constant {
        case .text(let constant):
            kind = test.comparison == .equal ? .isText : .isNoText
            number = 0
            text = texts.add(constant)
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
            text = UnsafeRawBufferPointer(start: nil, count: 0)
        case .bool(let constant):
            kind = constant ? .isTrue : .isFalse
            number = 0
            text = UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }

    @inline(__always)
    func ask(_ event: Event) -> Answer {
        guard let node = event.content.node(path)?.pointee else { return .unknown }
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

/// What tests point to, at addresses that stay as long as this is there.
final class TextPool {
    private var texts: [UnsafeMutableRawBufferPointer] = []
    private var tests: [UnsafeMutableBufferPointer<EventTest>] = []

    func add(_ text: String) -> UnsafeRawBufferPointer {
        let bytes = Array(text.utf8)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        texts.append(copy)
        return UnsafeRawBufferPointer(copy)
    }

    /// All that the expression asks, where these are but fields of the event under check; else none.
    func tests(of program: Program?) -> UnsafeBufferPointer<EventTest> {
        let event = ExpressionEnvironment.Slot.event.rawValue
        guard let program, program.isConjunctionOfTests, program.tests.allSatisfy({ $0.slot == event }) else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let made = UnsafeMutableBufferPointer<EventTest>.allocate(capacity: program.tests.count)
        _ = made.initialize(from: program.tests.map { EventTest($0, texts: self) })
        tests.append(made)
        return UnsafeBufferPointer(made)
    }

    deinit {
        for text in texts { text.deallocate() }
        for made in tests { made.deallocate() }
    }
}
