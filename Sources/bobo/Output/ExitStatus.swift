import ArgumentParser

extension ExitCode {
    /// What `check` found wrong.
    static let foundWrong = ExitCode(1)
    /// A pattern, configuration or event file that cannot be used.
    static let badInput = ExitCode(65)
    /// A broker that refuses for good.
    static let refused = ExitCode(69)
    static let internalFault = ExitCode(70)
    /// Ctrl-C before the end of what was to be done; shells know it by this number.
    static let interrupted = ExitCode(130)
}
