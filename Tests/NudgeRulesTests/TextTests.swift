import Foundation
import NudgeCore
import NudgeRules
import Testing

@Suite struct TextTests {
  private func read(_ bytes: [UInt8]) -> (YAMLNode?, [Diagnostic]) {
    let collector = DiagnosticCollector()
    let node = YAMLReader.read(SourceFile(path: "x.yaml", bytes: bytes), into: collector)
    return (node, collector.diagnostics)
  }

  @Test func `every scalar and key has its place`() throws {
    let node = try #require(read(Array("a: 1\nb:\n  - \"é x\"\n  - {c: d e}\n".utf8)).0)
    let list = try #require(node["b"]?.elements)
    #expect(node["a"]?.place == Place(path: "x.yaml", line: 1, column: 4, length: 1))
    #expect(list[0].place == Place(path: "x.yaml", line: 3, column: 5, length: 5))
    #expect(list[0].content == .scalar("é x", isPlain: false))
    #expect(list[1]["c"]?.place == Place(path: "x.yaml", line: 4, column: 9, length: 3))
    #expect(list[1].entries?[0].place == Place(path: "x.yaml", line: 4, column: 6, length: 1))
  }

  @Test(arguments: ["a: 1\r\nb: 2\r\n", "\u{FEFF}a: 1\nb: 2\n", "a: 1\rb: 2"])
  func `line ends and byte order marks move nothing`(text: String) throws {
    let (node, diagnostics) = read(Array(text.utf8))
    #expect(diagnostics.isEmpty)
    #expect(node?["b"]?.place == Place(path: "x.yaml", line: 2, column: 4, length: 1))
  }

  @Test(arguments: ["", "# nothing\n", "---\n"])
  func `an empty file is not a mistake of YAML`(text: String) {
    let (node, diagnostics) = read(Array(text.utf8))
    #expect(diagnostics.isEmpty)
    #expect(node != nil)
  }

  @Test(
    arguments: [
      ("a: 1\n\"a\": 2\n", [2]), ("'a': 1\nb: 2\na: 3\n\"a\": 4\n", [3, 4]),
      ("a: {b: 1, b: 2}\na: 3\n", [1, 2]), ("\"\": 1\n\"\": 2\n", [1]),
    ] as [(String, [Int])]
  )
  func `doubled keys are all found`(text: String, lines: [Int]) {
    let found = read(Array(text.utf8)).1.filter { $0.code == .duplicateKey }
    #expect(found.map(\.place.line) == lines)
  }

  @Test func `bytes that are no text have a place`() {
    #expect(read([0x61, 0x3A, 0x0A, 0xFF]).1.map(\.place.line) == [2])
    #expect(read(Array("a: \u{0}".utf8)).1.map(\.code) == [.yamlSyntax])
  }

  @Test func `hostile nesting ends early`() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 5000),
      String(repeating: "- ", count: 5000),
    ] {
      #expect(!read(Array(text.utf8)).1.isEmpty)
    }
  }

  @Test(arguments: [
    ("rules/a.yaml", true), ("a.yaml", true), ("a.test.yaml", false), (".git/a.yaml", false),
    ("b/.hidden.yaml", false), ("a.yml", false), ("a.yaml.bak", false),
  ])
  func `rule files are yaml files, but for tests and hidden ones`(path: String, expected: Bool) {
    #expect(RuleFolder.isRuleFile(path) == expected)
  }

  @Test func `a folder is read in order, and a missing one is empty`() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try RuleFolder.load(folder.path).isEmpty)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("b"),
      withIntermediateDirectories: true
    )
    for name in ["c.yaml", "b/a.yaml", "c.test.yaml", ".x.yaml"] {
      try Data("nudged: 1\n".utf8).write(to: folder.appendingPathComponent(name))
    }
    #expect(
      try RuleFolder.load(folder.path).map(\.path) == [
        "\(folder.path)/b/a.yaml", "\(folder.path)/c.yaml",
      ]
    )
  }

  @Test func `a comment allows a hint in its line or in its file, until its day`() {
    let campaign =
      "campaigns:\n  c: {description: d, owner: o, mode: live, model: m, steps: [{name: s, after: 72h, send: email}]}"
    func codes(_ text: String, today: String) -> [DiagnosticCode] {
      let reading = RuleReader.read(
        files: [ruleFile(smallModel + text)],
        settings: .defaults(timezone: "UTC"),
        today: LocalDate(today)
      )
      return reading.diagnostics.map(\.code)
    }
    let comment = "# nudged: allow calendar-on-hours until 2027-01-31 — any hour will do"
    #expect(codes(campaign + "\n", today: "2027-01-01") == [.calendarOnHours])
    #expect(codes("\(campaign)  \(comment)\n", today: "2027-01-31") == [])
    #expect(codes("\(comment)\n\(campaign)\n", today: "2027-01-01") == [])
    #expect(
      codes("\(comment)\n\(campaign)\n", today: "2027-02-01") == [.badAllow, .calendarOnHours]
    )
  }

  @Test func `a secret in the settings is not printed`() {
    let file = SourceFile(
      path: "n.yaml",
      text: "timezone: UTC\nchannels: {email: {secret: whsec_abc, timeout: x}}\n"
    )
    let reading = RuleReader.read(files: [], settings: .file(file))
    #expect(reading.diagnostics.map(\.code) == [.plainSecret, .badDuration])
    #expect(!report(reading, files: [file]).contains("whsec"))
  }
}
