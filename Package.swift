// swift-tools-version: 6.2
import PackageDescription

/// The fences of every target of ours: Swift 6, no implicit existentials, no leaked imports, no warnings.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "nudged",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "nudged", targets: ["nudged"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Measures folding and deciding in memory (`make bench`).
    .executableTarget(
      name: "EngineBench",
      dependencies: ["NudgeCore", "NudgeRules", "NudgeZones"],
      path: "bench/engine",
      swiftSettings: strict
    ),

    // The event wire's parser: Debian's libsimdjson behind a C header.
    .target(
      name: "CSimdjson",
      cxxSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("simdjson")]
    ),
    // The sample events of `nudged demo`, inside the binary.
    .target(name: "CDemoStream", exclude: ["demo-stream.ndjson.gz"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    // The domain and every decision, as values.
    .target(
      name: "NudgeCore",
      dependencies: [
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      // Memories are classes within values, unique before they change: what debug builds check at each access cannot fail.
      swiftSettings: strict + [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
      ]
    ),

    // The system's time zones.
    .target(name: "NudgeZones", dependencies: ["NudgeCore"], swiftSettings: strict),

    // Rule text to rule set or placed diagnostics.
    .target(
      name: "NudgeRules",
      dependencies: [
        "NudgeCore",
        .product(name: "Yams", package: "Yams"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: strict
    ),

    // Bytes of an SDK's call to events or rejections.
    .target(
      name: "NudgeWire",
      dependencies: ["NudgeCore", "CSimdjson", "CZlib"],
      swiftSettings: strict
    ),

    // State in SQLite.
    .target(
      name: "NudgeStore",
      dependencies: [
        "NudgeCore",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict
    ),

    // One bounded HTTP exchange.
    .target(
      name: "NudgeClient",
      dependencies: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict
    ),

    // One delivery to one outbox, and what it answered.
    .target(
      name: "NudgeDelivery",
      dependencies: ["NudgeCore", "NudgeClient"],
      swiftSettings: strict
    ),

    // HTTP: ingest, API, metrics.
    .target(
      name: "NudgeWeb",
      dependencies: [
        "NudgeCore", "NudgeWire",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),

    // The running program.
    .target(
      name: "NudgeDaemon",
      dependencies: [
        "NudgeCore", "NudgeZones", "NudgeRules", "NudgeWire", "NudgeStore", "NudgeClient",
        "NudgeDelivery", "NudgeWeb",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),

    // The commands.
    .executableTarget(
      name: "nudged",
      dependencies: [
        "NudgeCore", "NudgeZones", "NudgeRules", "NudgeWire", "NudgeStore", "NudgeClient",
        "NudgeDaemon", "CDemoStream",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),

    // Manual clock, seeded chance, golden files, temporary folders, sample events.
    .target(
      name: "NudgeTesting",
      dependencies: ["NudgeCore", "NudgeZones"],
      swiftSettings: strict
    ),

    .testTarget(
      name: "NudgeCoreTests",
      dependencies: ["NudgeCore", "NudgeTesting"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NudgeZonesTests",
      dependencies: ["NudgeCore", "NudgeZones", "NudgeTesting"],
      exclude: ["expected-instants.py"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NudgeRulesTests",
      dependencies: ["NudgeCore", "NudgeRules", "NudgeTesting"],
      exclude: ["Fixtures", "Golden", "Reasons"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NudgeWireTests",
      dependencies: ["NudgeCore", "NudgeWire", "NudgeTesting", "CZlib"],
      exclude: ["Fixtures"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NudgeStoreTests",
      dependencies: [
        "NudgeCore", "NudgeRules", "NudgeStore", "NudgeTesting",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["Golden"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NudgeDeliveryTests",
      dependencies: [
        "NudgeCore", "NudgeClient", "NudgeDelivery", "NudgeTesting",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      exclude: ["Fixtures", "Golden"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NudgeWebTests",
      dependencies: [
        "NudgeCore", "NudgeWire", "NudgeWeb", "NudgeTesting", "CZlib",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "NudgeDaemonTests",
      dependencies: [
        "NudgeCore", "NudgeRules", "NudgeWire", "NudgeStore", "NudgeDelivery", "NudgeWeb",
        "NudgeDaemon", "NudgeTesting",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
      ],
      swiftSettings: strict
    ),
    // Every parser that takes bytes from outside, with what must hold; and the program that feeds one (`make fuzz`).
    .target(
      name: "FuzzTargets",
      dependencies: ["NudgeCore", "NudgeRules", "NudgeWire", "CSimdjson"],
      path: "Tests/Fuzz/Targets",
      swiftSettings: strict
    ),
    .executableTarget(
      name: "Fuzz",
      dependencies: ["FuzzTargets"],
      path: "Tests/Fuzz/Program",
      swiftSettings: strict
    ),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["FuzzTargets", "NudgeTesting"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["NudgeCore", "NudgeStore", "NudgeTesting"],
      exclude: ["Golden", "SDKs"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "CommandTests",
      // The commands are tested as their users run them: the binary must be there.
      dependencies: ["NudgeTesting", "nudged"],
      exclude: ["Fixtures", "Golden"],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
