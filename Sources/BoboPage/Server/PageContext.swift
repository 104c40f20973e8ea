import Hummingbird
import NIOCore

/// What a request brings beside itself.
struct PageContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
}
