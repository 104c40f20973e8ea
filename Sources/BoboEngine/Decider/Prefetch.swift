import CSimdjson

/// Has the processor bring so many lines of its caches, of 64 bytes, from an address on; any address will do.
@inline(__always)
func prefetch(_ address: UnsafeRawPointer?, lines: Int) {
    guard let address else { return }
    for line in 0..<lines { bobo_prefetch(address + 64 * line) }
}
