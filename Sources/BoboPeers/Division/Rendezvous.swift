import BoboEngine

/// Orders gateways for a run or a partition so that all agree without a word, the load spreads by chance, and only what a
/// departed one had moves (D. G. Thaler, C. V. Ravishankar: "A Name-Based Mapping Scheme for Rendezvous", 1996).
package enum Rendezvous {
    /// - Parameter name: a partition's filter, or a run's id.
    package static func order(_ gateways: some Sequence<String>, for name: String) -> [String] {
        gateways.map { gateway in (weight(gateway, name), gateway) }.sorted { $0 > $1 }.map(\.1)
    }

    package static func first(_ gateways: some Sequence<String>, for name: String) -> String? {
        gateways.map { gateway in (weight(gateway, name), gateway) }.max { $0 < $1 }?.1
    }

    /// The hash's last byte moves its low bits only, so they are spread over all: the finishing steps of MurmurHash3, on
    /// either half.
    private static func weight(_ gateway: String, _ name: String) -> UInt64 {
        var hash = Hash128()
        hash.combine(gateway)
        hash.combine(name)
        return spread(UInt64(truncatingIfNeeded: hash.value >> 64) ^ spread(UInt64(truncatingIfNeeded: hash.value)))
    }

    private static func spread(_ value: UInt64) -> UInt64 {
        var value = value
        value ^= value >> 33
        value &*= 0xff51_afd7_ed55_8ccd
        value ^= value >> 33
        value &*= 0xc4ce_b9fe_1a85_ec53
        return value ^ value >> 33
    }
}
