import BoboActions
import BoboEngine
import BoboMQTT
import BoboSharing
import BoboTopics
import Logging

/// Actions of completed runs, from their beginning to their event. What takes its time is done elsewhere.
extension GatewayLoop {
    func begin(_ request: ActionRequest) { proceed(ActionCourse(request)) }

    /// Takes up what has been done elsewhere.
    func takeEndedActions() {
        guard actions.running > 0 else { return }
        for (course, outcome) in actions.takeEnded() {
            var course = course
            course.take(outcome)
            proceed(course)
        }
    }

    /// Nothing more is begun, and what runs is ended; each has its event.
    func closeActions() {
        for course in actions.close() {
            end(course.request, ActionOutcome(isSuccess: false, error: ActionQueue.notBegun))
        }
    }

    private func proceed(_ course: ActionCourse) {
        var course = course
        while let work = course.work {
            if let job = ActionJob(work) {
                guard let refusal = actions.take(course, job) else { return }
                course.take(ActionOutcome(isSuccess: false, error: refusal))
            } else {
                course.take(carryOut(work, of: course.request))
            }
        }
        end(course.request, course.outcome)
    }

    private func carryOut(_ work: ActionRequest.Work, of request: ActionRequest) -> ActionOutcome {
        switch work {
        case .publish(let topic, let payload, let qos, let isRetained):
            publish(try? TopicName(topic), payload, qos: QoS(rawValue: UInt8(clamping: qos)), isRetained: isRetained)
            return ActionOutcome(isSuccess: true)
        case .log(let message, let level):
            logger.log(
                level: Logger.Level(rawValue: level.rawValue) ?? .info, "\(request.masked(message))",
                metadata: ["phenomenon": "\(request.phenomenon)"])
            return ActionOutcome(isSuccess: true, output: message)
        case .failed(let reason): return ActionOutcome(isSuccess: false, error: reason)
        case .http, .exec, .sequence: return ActionOutcome(isSuccess: false, error: "it cannot be done at once")
        }
    }

    private func end(_ request: ActionRequest, _ outcome: ActionOutcome) {
        actionLog.note(request, outcome)
        observer?.note(request, outcome)
        let engine = shared.engine
        let event = engine.take(outcome, of: request, at: engine.now ?? ArrivalClock.date)
        publish(
            try? TopicName(event.topic), event.json, qos: .atLeastOnce, contentType: "application/cloudevents+json")
        shared.settle(at: moment)
    }
}
