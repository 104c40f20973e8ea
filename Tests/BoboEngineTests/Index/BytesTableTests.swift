import Testing

@testable import BoboEngine

/// Numbers are found by their texts' bytes, whether few or many are there.
@Suite struct BytesTableTests {
    private static func text(_ generator: inout SeededGenerator) -> [UInt8] {
        // Short ones differ in their last bytes, in length alone, or by zeros.
        let length = generator.pick([0, 1, 2, 3, 4, 7, 8, 9, 14, 15, 16, 40])
        return (0..<length).map { $0 < length - 2 ? 0x61 : generator.pick([0, 0x61, 0x62]) }
    }

    @Test(arguments: [3, 4, 5, 60], 1...10 as ClosedRange<UInt64>)
    func itHoldsWhatADictionaryHolds(_ most: Int, _ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var table = BytesTable()
        var expected: [[UInt8]: Int32] = [:]
        for number in 0..<400 as Range<Int32> {
            let text = BytesTableTests.text(&generator)
            text.withUnsafeBytes { bytes in
                if expected[text] != nil {
                    table.remove(bytes)
                    expected[text] = nil
                } else if expected.count < most {
                    // Any number, also one that is less than 0.
                    table.insert(number - 200, for: bytes)
                    expected[text] = number - 200
                }
            }
            #expect(table.count == expected.count)
            for other in [text, BytesTableTests.text(&generator)] {
                #expect(other.withUnsafeBytes { table[$0] } == expected[other], "\(other)")
            }
        }
        for (text, number) in expected { #expect(text.withUnsafeBytes { table[$0] } == number) }
    }
}
