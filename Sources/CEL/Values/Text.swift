private import Foundation

extension String {
    /// Whether both hold the same Unicode scalars. Swift's `==` also takes different scalars for equal that are drawn
    /// the same (é as one or as two), which CEL's does not.
    func isSameText(as other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs in
                guard mine.count == theirs.count else { return false }
                guard let mineStart = mine.baseAddress, let theirStart = theirs.baseAddress else { return true }
                return memcmp(mineStart, theirStart, mine.count) == 0
            }
        }
        // Texts of Foundation may lie in pieces.
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// By Unicode scalars, as CEL orders texts; the order of the bytes of UTF-8 is the same.
    func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

/// A text as a key of a dictionary, equal by its scalars.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: ExactText, right: ExactText) -> Bool { left.text.isSameText(as: right.text) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }  // read only within the closure
    }
}
