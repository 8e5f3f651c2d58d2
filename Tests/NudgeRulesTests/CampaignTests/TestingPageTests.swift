import Foundation
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

@Suite struct `The page about testing` {
  /// The files that the page shows, by the names that it gives them.
  private static let names = [
    "rules/welcome.yaml", "rules/tests/welcome.test.yaml", "rules/tests/days.test.yaml",
    "next/welcome.yaml", "rules/tests/edits.test.yaml", "ana.yaml",
  ]

  @Test func `shows files that work as they stand`() throws {
    let folder = try written()
    for name in Self.names where name.hasSuffix(".test.yaml") {
      let source = SourceFile(path: folder.path(of: name), text: try folder.read(name))
      let tests = try LoadedTests.load(source, zones: SampleZones.table)
      #expect(tests.diagnostics.isEmpty && !tests.tests.isEmpty, "\(name): \(tests.diagnostics)")
      for test in tests.tests {
        #expect(tests.run(test).failures == [], "\(name): \(test.name)")
      }
    }
  }

  @Test func `shows the timeline that its person has`() throws {
    let folder = try written()
    let collector = DiagnosticCollector()
    let person = CampaignTestReader(zones: SampleZones.table, collector: collector).readPerson(
      SourceFile(path: "ana.yaml", text: try folder.read("ana.yaml")),
      timezone: "UTC"
    )
    let rules = SourceFile(path: "welcome.yaml", text: try folder.read("rules/welcome.yaml"))
    let reading = RuleReader.read(files: [rules], settings: .defaults(timezone: "UTC"))
    let moments = try #require(person).simulated(
      under: try #require(reading.ruleSet),
      zones: SampleZones.table
    )
    let lines = try page().split(separator: "\n")
    #expect(collector.diagnostics.isEmpty && moments.count > 8)
    for moment in moments {
      let shown = lines.contains { line in
        line.contains(moment.at.text(in: moment.zone)) && line.hasSuffix(moment.text)
      }
      #expect(shown, "\(moment.text)")
    }
  }

  private func page() throws -> String {
    try String(
      contentsOf: Folders.root.appendingPathComponent("docs/testing.md"),
      encoding: .utf8
    )
  }

  private func written() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let blocks = try page().components(separatedBy: "```").enumerated()
      .filter { $0.offset % 2 == 1 && $0.element.hasPrefix("yaml") }
      .map { $0.element.drop { $0 != "\n" }.dropFirst() }
    try #require(blocks.count == Self.names.count)
    for (name, block) in zip(Self.names, blocks) { try folder.write(String(block), to: name) }
    return folder
  }
}
