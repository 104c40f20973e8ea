/// The number of a sensor's message, the last member `n` of the workload's payloads.
func serial(_ json: [UInt8]) -> Int? {
    var place = json.count - mark.count
    while place >= 0 {
        if begins(with: mark, at: place, json) { return number(at: place + mark.count, json) }
        place -= 1
    }
    return nil
}

/// The number of the first sensor's message that led to a complex event: the only member of its own data.
func serial(ofComplexEvent json: [UInt8]) -> Int? {
    var place = 0
    while place + dataMark.count < json.count {
        if begins(with: dataMark, at: place, json) { return number(at: place + dataMark.count, json) }
        place += 1
    }
    return nil
}

private let mark = Array(#""n":"#.utf8)
private let dataMark = Array(#""data":{"n":"#.utf8)

private func begins(with mark: [UInt8], at place: Int, _ json: [UInt8]) -> Bool {
    for (offset, byte) in mark.enumerated() where json[place + offset] != byte { return false }
    return true
}

private func number(at place: Int, _ json: [UInt8]) -> Int? {
    var number: Int?
    for byte in json[place...] {
        guard byte >= 0x30, byte <= 0x39 else { break }
        number = (number ?? 0) * 10 + Int(byte - 0x30)
    }
    return number
}
