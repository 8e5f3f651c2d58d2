// swift-tools-version: 6.2
import PackageDescription

// A yardstick: what Hummingbird does when it only collects a body and answers. A package of its own, so
// that the product does not carry it.
let package = Package(
  name: "echo",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1")
  ],
  targets: [
    .executableTarget(
      name: "echo",
      dependencies: [.product(name: "Hummingbird", package: "hummingbird")]
    )
  ],
  swiftLanguageModes: [.v6]
)
