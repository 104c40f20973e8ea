/// The name that was probably meant: the one of the fewest edits (insert, delete, replace, swap of neighbours: the optimal
/// string alignment distance), where those are at most a third of its length, and at least one is allowed.
package func nearestName(to text: String, among names: some Sequence<String>) -> String? {
    // The distance costs the product of the lengths; nothing that long is a slip of the pen.
    guard text.utf8.count <= 64 else { return nil }
    let written = Array(text.lowercased().unicodeScalars)
    var nearest: (name: String, distance: Int)?
    for name in names {
        let distance = editDistance(written, Array(name.lowercased().unicodeScalars))
        guard distance <= max(1, max(written.count, name.unicodeScalars.count) / 3) else { continue }
        if distance < nearest?.distance ?? .max { nearest = (name, distance) }
    }
    return nearest?.name
}

private func editDistance(_ one: [Unicode.Scalar], _ two: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...two.count)
    for (row, mine) in one.enumerated() {
        var current = [row + 1]
        for (column, theirs) in two.enumerated() {
            var cost = min(last[column] + (mine == theirs ? 0 : 1), last[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, mine == two[column - 1], one[row - 1] == theirs {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        (beforeLast, last) = (last, current)
    }
    return last[two.count]
}
