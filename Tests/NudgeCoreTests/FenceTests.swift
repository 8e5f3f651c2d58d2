import Testing

/// Which modules a target may import, beside those of the system.
private struct Fence {
  let target: String
  let imports: Set<String>
  /// Whether the modules that reach the outside world are allowed.
  let touchesSystem: Bool

  init(_ target: String, _ imports: Set<String>, touchesSystem: Bool = true) {
    self.target = target
    self.imports = imports
    self.touchesSystem = touchesSystem
  }
}

private let systemModules: Set = [
  "CDispatch", "Darwin", "Dispatch", "Foundation", "Glibc", "Synchronization",
]

/// As in `Package.swift`: arrows point downward only, each outside library has its target.
private let fences: [Fence] = [
  Fence("CDemoStream", []),
  Fence("CSimdjson", []),
  Fence("CZlib", []),
  Fence("NudgeCore", ["Crypto", "HeapModule"], touchesSystem: false),
  Fence("NudgeZones", ["NudgeCore"]),
  Fence("NudgeRules", ["NudgeCore", "Yams", "Mustache"]),
  Fence("NudgeWire", ["NudgeCore", "CSimdjson", "CZlib"]),
  Fence("NudgeStore", ["NudgeCore", "GRDB", "GRDBSQLite"]),
  Fence(
    "NudgeClient",
    ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL"]
  ),
  Fence("NudgeDelivery", ["NudgeCore", "NudgeClient"]),
  Fence(
    "NudgeWeb",
    [
      "NudgeCore", "NudgeWire", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS",
      "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "ServiceLifecycle",
    ]
  ),
  Fence(
    "NudgeDaemon",
    [
      "NudgeCore", "NudgeZones", "NudgeRules", "NudgeWire", "NudgeStore", "NudgeDelivery",
      "NudgeWeb", "NudgeClient", "Logging", "CoreMetrics", "ServiceLifecycle", "UnixSignals",
    ]
  ),
  Fence(
    "nudged",
    [
      "NudgeCore", "NudgeZones", "NudgeRules", "NudgeWire", "NudgeStore", "NudgeClient",
      "NudgeDaemon", "CDemoStream", "ArgumentParser",
    ]
  ),
  Fence("NudgeTesting", ["NudgeCore", "NudgeZones", "Testing"]),
]

/// Words that bring in time, chance or the outside where all three come as arguments.
private var forbiddenWords: [(name: String, pattern: Regex<Substring>)] {
  let words: [(String, Regex<Substring>)] = [
    ("Date()", /\bDate\(/),
    ("the wall clock", /\b(?:Date|\w*[cC]lock(?:\(\))?)\.now\b|[=(,:]\s*\.now\b/),
    ("Task.sleep", /\bTask\.sleep\b/),
    ("random() without a generator", /\.random\((?![\s\S]{0,120}using:)/),
    ("UUID()", /\bUUID\(\)/),
    ("FileManager", /\bFileManager\b/),
  ]
  // Unicode's word boundaries, the default, see `FileManager.default` as one word.
  return words.map { ($0, $1.wordBoundaryKind(.simple)) }
}

/// The one place of the rules where files are read.
private let folderLoaders: Set = ["NudgeRules/Text/RuleFolder.swift"]

struct `The source tree` {
  @Test func `has a fence round every target`() throws {
    #expect(try SourceTree.targets() == fences.map(\.target).sorted())
  }

  @Test(arguments: fences.map(\.target))
  func `imports only what lies below`(target: String) throws {
    let fence = try #require(fences.first { $0.target == target })
    let allowed = fence.imports.union(fence.touchesSystem ? systemModules : [])
    let line =
      /^\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|var|let)\s+)?(\w+)/
    for file in try SourceTree.files(of: target) {
      let imports = Set(file.code.compactMap { $0.prefixMatch(of: line).map { String($0.1) } })
      #expect(imports.subtracting(allowed) == [], "\(file.path)")
    }
  }

  /// Two connections that write and move the log at once can corrupt it (SQLite before 3.51.3).
  @Test func `opens databases for writing where a daemon can not be, and nowhere else`() throws {
    let places = try SourceTree.targets().flatMap { try SourceTree.files(of: $0) }
      .filter { $0.code.contains { $0.contains(/Store\((?:path|migrating):/) } }.map(\.path)
    let allowed: Set = [
      // The daemon itself, under its lock.
      "NudgeDaemon/Daemon+opening.swift",
      // A new file, a copy that nobody knows, a database whose lock is held.
      "nudged/Commands/ReplayCommand.swift", "nudged/Commands/DatabaseCommand.swift",
      "NudgeStore/DatabaseCare.swift",
    ]
    #expect(Set(places).subtracting(allowed) == [])
  }

  @Test(arguments: ["NudgeCore", "NudgeRules"])
  func `gets time, chance and files as arguments where it decides`(target: String) throws {
    for file in try SourceTree.files(of: target) where !folderLoaders.contains(file.path) {
      let code = file.code.joined(separator: "\n")
      for word in forbiddenWords {
        for match in code.matches(of: word.pattern) {
          let line = code[..<match.range.lowerBound].count { $0 == "\n" } + 1
          Issue.record("\(file.path):\(line) uses \(word.name)")
        }
      }
    }
  }

  @Test(arguments: [
    ("let a = Date()", true), ("let a = Date.now", true), ("f(at: .now)", true),
    ("clock.now", true), ("ContinuousClock().now", true), ("Int.random(in: 0..<5)", true),
    ("Int.random(in: f(5), using: &random)", false), ("context.now", false), ("now: now", false),
    ("LocalDate(daysSinceEpoch: 5)", false), ("UUID()", true), ("FileManager.default", true),
  ])
  func `knows the forbidden words when it sees them`(code: String, isForbidden: Bool) {
    #expect(forbiddenWords.contains { code.contains($0.pattern) } == isForbidden)
  }
}
