// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Greenhouse",
    platforms: [.macOS(.v15)],
    dependencies: [
        // In a project of one's own: .package(url: "…", from: "…")
        .package(name: "bobo", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "Greenhouse",
            dependencies: [
                .product(name: "BoboEngine", package: "bobo"),
                .product(name: "BoboPatternBuilder", package: "bobo"),
            ])
    ]
)
