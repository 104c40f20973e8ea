import BoboActions
import BoboEngine

/// What became of actions since the start, and what is left of them.
package struct ActionFigures: Sendable {
    package let succeeded: Int
    /// Those that were dropped among them.
    package let failed: Int
    /// There were too many.
    package let dropped: Int
    package let waiting: Int
    package let running: Int

    func write(to json: inout JSONWriter) {
        json.raw("{\"succeeded\":")
        json.write(Int64(succeeded))
        json.raw(",\"failed\":")
        json.write(Int64(failed))
        json.raw(",\"dropped\":")
        json.write(Int64(dropped))
        json.raw(",\"waiting\":")
        json.write(Int64(waiting))
        json.raw(",\"running\":")
        json.write(Int64(running))
        json.raw("}")
    }
}

extension GatewayLoop {
    var actionFigures: ActionFigures {
        ActionFigures(
            succeeded: actionLog.succeeded, failed: actionLog.failed, dropped: actions.dropped,
            waiting: actions.waiting, running: actions.running)
    }
}
