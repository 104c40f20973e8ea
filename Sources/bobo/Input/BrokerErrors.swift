import ArgumentParser
import BoboGateway

/// Runs what a command does with event files and a broker, and tells what stopped it.
///
/// - Throws: the exit status that says so.
func telling(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let failure as BrokerFailure {
        say("\(failure)")
        if case .options = failure { throw ExitCode.badInput }
        throw ExitCode.refused
    } catch let error as EventFileError {
        say("\(error)")
        throw ExitCode.badInput
    } catch let error as EventFileWriteError {
        // As when `head` has read enough.
        if case .nobodyReads = error { return }
        say("\(error)")
        if case .cannotCreate = error { throw ExitCode.badInput }
        throw ExitCode.internalFault
    }
}
