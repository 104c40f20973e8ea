import Foundation

/// What libFuzzer calls with each input. Which reader gets it, `BOBO_FUZZ` says; one binary holds them all.
private let target: @Sendable ([UInt8]) -> Void =
    switch ProcessInfo.processInfo.environment["BOBO_FUZZ"] {
    case "cel": fuzzExpression
    case "patterns": fuzzPatternFile
    case "topics": fuzzTopics
    case "json": fuzzPayload
    case "peers": fuzzPeerMessages
    // Writes the corpus of `peers` to the folder that BOBO_FUZZ_FOLDER names; any input will do.
    case "record":
        { _ in
            recordPeerMessages(to: ProcessInfo.processInfo.environment["BOBO_FUZZ_FOLDER"] ?? ".")
            exit(0)
        }
    default:
        { _ in
            FileHandle.standardError.write(Data("BOBO_FUZZ is one of cel, patterns, topics, json, peers\n".utf8))
            exit(64)
        }
    }

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer's bytes are good for the length of the call, and copied here.
    target(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// What must hold of every input; a finding is a crash.
func expect(_ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String) {
    if !condition() {
        FileHandle.standardError.write(Data("does not hold: \(message())\n".utf8))
        abort()
    }
}

extension [UInt8] {
    /// The parts between bytes of 0xFF, which is in no text.
    var parts: [[UInt8]] { split(separator: 0xFF, omittingEmptySubsequences: false).map(Array.init) }
    var text: String { String(decoding: self, as: UTF8.self) }
}
