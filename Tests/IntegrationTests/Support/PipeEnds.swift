import Foundation

/// Both ends of a pipe that no process inherits but by being given one: another test may start a process at any moment,
/// and would keep a pipe open that a test has closed.
struct PipeEnds {
    let reading: FileHandle
    let writing: FileHandle

    init() throws {
        // glibc has it, and hides it from Swift. Safe: the type is that of its declaration.
        typealias Pipe2 = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
        guard let symbol = dlsym(nil, "pipe2") else { throw CocoaError(.featureUnsupported) }
        let pipe2 = unsafeBitCast(symbol, to: Pipe2.self)
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
        reading = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        writing = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    }
}
