import BoboMQTT
import BoboSharing
import BoboTopics

package struct ReadingPlan: Sendable {
    var always: [WantedFilter]
    var partitions: [String] = []
    var all: [WantedFilter] { always + partitions.flatMap(filters) }
    func filters(of: String) -> [WantedFilter] { [] }
    func partition(of: TopicName) -> String? { nil }
}
extension EnginePreparation { var reading: ReadingPlan { ReadingPlan(always: wanted) } }
extension Configuration { func sharing(_ preparation: EnginePreparation) -> SharingOptions { SharingOptions() } }
