extension RandomAccessCollection where Index == Int, Element: Equatable {
    /// Where the part first stands in this collection; the part is not empty.
    @inline(__always)
    func firstOccurrence<Part: RandomAccessCollection<Element>>(of part: Part) -> Int? where Part.Index == Int {
        guard count >= part.count else { return nil }
        // Both may come from messages, so the time must not grow with the product of their lengths.
        return count * part.count <= 1 << 16 ? firstByComparing(part) : firstByBorders(part)
    }

    private func firstByComparing<Part: RandomAccessCollection<Element>>(_ part: Part) -> Int? where Part.Index == Int {
        guard let first = part.first else { return startIndex }
        for start in startIndex...(endIndex - part.count) where self[start] == first {
            if self[start..<(start + part.count)].elementsEqual(part) { return start }
        }
        return nil
    }

    /// By Knuth, Morris and Pratt.
    private func firstByBorders<Part: RandomAccessCollection<Element>>(_ part: Part) -> Int? where Part.Index == Int {
        let part = Array(part)
        // How much of the part's beginning also ends here.
        var borders = [0]
        borders.reserveCapacity(part.count)
        var matched = 0
        for place in part.indices.dropFirst() {
            while matched > 0 && part[place] != part[matched] { matched = borders[matched - 1] }
            if part[place] == part[matched] { matched += 1 }
            borders.append(matched)
        }
        matched = 0
        for place in indices {
            while matched > 0 && self[place] != part[matched] { matched = borders[matched - 1] }
            if self[place] == part[matched] { matched += 1 }
            if matched == part.count { return place - matched + 1 }
        }
        return nil
    }
}
