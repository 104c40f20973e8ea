// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "bobo",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "bobo", targets: ["bobo"]),
        .library(name: "BoboEngine", targets: ["BoboEngine"]),
        .library(name: "BoboPatternBuilder", targets: ["BoboPatternBuilder"]),
        .library(name: "BoboPatterns", targets: ["BoboPatterns"]),
        .library(name: "BoboGateway", targets: ["BoboGateway"]),
        .library(name: "CEL", targets: ["CEL"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CMosquitto", pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"]), .brew(["mosquitto"])]),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CSpawn"),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

        .target(name: "CEL", dependencies: ["CRE2"], swiftSettings: strict),
        .target(name: "BoboTopics", swiftSettings: strict),
        .target(
            name: "BoboEngine",
            dependencies: [
                "CEL", "BoboTopics", "CSimdjson",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(
            name: "BoboPatternBuilder", dependencies: ["BoboEngine", "BoboTopics", "CEL"], swiftSettings: strict),
        .target(name: "BoboYAML", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: strict),
        .target(
            name: "BoboPatterns", dependencies: ["BoboEngine", "BoboYAML", "BoboTopics", "CEL"], swiftSettings: strict),
        .target(
            name: "BoboPeers",
            dependencies: [
                "BoboEngine", "BoboTopics", "CEL", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: strict),
        .target(name: "BoboSharing", dependencies: ["BoboEngine", "BoboPeers", "BoboTopics"], swiftSettings: strict),
        .target(name: "BoboGraph", dependencies: ["BoboEngine", "BoboTopics", "CEL"], swiftSettings: strict),
        .target(name: "BoboMQTT", dependencies: ["CMosquitto", "BoboTopics"], swiftSettings: strict),
        .target(
            name: "BoboActions",
            dependencies: [
                "BoboEngine", "CSpawn",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "BoboGateway",
            dependencies: [
                "BoboActions", "BoboPatterns", "BoboEngine", "BoboMQTT", "BoboPeers", "BoboSharing", "BoboTopics",
                "BoboYAML", "CEL",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "BoboPage",
            dependencies: [
                "BoboGateway", "BoboGraph", "BoboEngine", "BoboMetrics", "BoboPeers", "BoboTopics",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            // Part of the program: one file to install, and none that is missing.
            resources: [.embedInCode("Resources")], swiftSettings: strict),
        .target(
            name: "BoboMetrics", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: strict),
        .executableTarget(
            name: "bobo",
            dependencies: [
                "BoboGateway", "BoboGraph", "BoboMetrics", "BoboPage", "BoboPatterns", "BoboEngine", "BoboMQTT",
                "BoboTopics", "BoboYAML", "CEL",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),

        // Gateways with real engines and the real protocol on a simulated broker: `scripts/simulate`.
        .target(
            name: "PeerSimulation",
            dependencies: [
                "BoboSharing", "BoboPeers", "BoboEngine", "BoboPatterns", "BoboTopics", "BoboYAML", "CEL",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Tests/Simulation/Model", swiftSettings: strict),
        .executableTarget(
            name: "simulate", dependencies: ["PeerSimulation"], path: "Tests/Simulation/Command", swiftSettings: strict),
        // What it costs to share runs; see Benchmarks. Built with `swift build -c release --product replication-cost`.
        .executableTarget(
            name: "replication-cost",
            dependencies: ["BoboPeers", "BoboEngine", "BoboPatterns", "BoboTopics", "BoboYAML", "CEL"],
            path: "Benchmarks/replication-cost", swiftSettings: strict),
        // What the engine alone takes for an event. Built with `swift build -c release --product engine-speed`.
        .executableTarget(
            name: "engine-speed", dependencies: ["BoboEngine", "BoboPatterns", "BoboTopics", "BoboYAML", "CEL"],
            path: "Benchmarks/engine-speed", swiftSettings: strict),

        .testTarget(
            name: "PeerSimulationTests",
            dependencies: ["PeerSimulation", "BoboSharing", "BoboPeers", "BoboEngine"], swiftSettings: strict),
        .testTarget(name: "CELTests", dependencies: ["CEL"], exclude: ["Cases"], swiftSettings: strict),
        .testTarget(name: "BoboTopicsTests", dependencies: ["BoboTopics"], swiftSettings: strict),
        .testTarget(
            name: "BoboEngineTests", dependencies: ["BoboEngine", "BoboPatterns", "BoboYAML", "CEL", "BoboTopics"],
            swiftSettings: strict),
        .testTarget(name: "BoboYAMLTests", dependencies: ["BoboYAML"], swiftSettings: strict),
        .testTarget(
            name: "BoboPatternBuilderTests",
            dependencies: ["BoboPatternBuilder", "BoboEngine", "BoboPatterns", "BoboTopics", "BoboYAML", "CEL"],
            swiftSettings: strict),
        .testTarget(
            name: "BoboGraphTests",
            dependencies: ["BoboGraph", "BoboEngine", "BoboPatterns", "BoboTopics", "BoboYAML", "CEL"],
            swiftSettings: strict),
        .testTarget(
            name: "BoboPatternsTests", dependencies: ["BoboPatterns", "BoboEngine", "BoboTopics", "BoboYAML", "CEL"],
            exclude: ["Mistakes"],
            swiftSettings: strict),
        .testTarget(
            name: "BoboPeersTests",
            dependencies: ["BoboPeers", "BoboEngine", "BoboPatterns", "BoboTopics", "BoboYAML", "CEL"],
            swiftSettings: strict),
        .testTarget(
            name: "BoboActionsTests",
            dependencies: ["BoboActions", "BoboEngine", "BoboPatterns", "BoboTopics", "BoboYAML", "CEL"],
            swiftSettings: strict),
        .testTarget(name: "BoboMQTTTests", dependencies: ["BoboMQTT", "BoboTopics"], swiftSettings: strict),
        .testTarget(
            name: "BoboGatewayTests",
            dependencies: [
                "BoboGateway", "BoboEngine", "BoboMQTT", "BoboPatterns", "BoboPeers", "BoboTopics", "BoboYAML", "CEL",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BoboMetricsTests",
            dependencies: ["BoboMetrics", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: strict),
        .testTarget(
            name: "BoboPageTests",
            dependencies: [
                "BoboPage", "BoboGateway", .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests", dependencies: ["BoboMQTT", "BoboTopics", "BoboYAML"], swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)

// Built by `scripts/fuzz` alone, which links libFuzzer in.
if Context.environment["BOBO_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "BoboEngine", "BoboPatterns", "BoboPeers", "BoboSharing", "BoboTopics", "BoboYAML", "CEL",
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: strict))
}
