import Foundation
import NudgeRules
import Testing

@Suite struct FormatTests {
  static let samples =
    ["rules/csm.yaml", "rules/onboarding.yaml", "rules/plg.yaml", "rules/trial.yaml"]
    + ["nudged.yaml", "onboarding.test.yaml"].map { "Tests/NudgeRulesTests/Fixtures/\($0)" }

  private func formatted(_ text: String) -> String? {
    if case .formatted(let text) = RuleFormatter.format(SourceFile(path: "a.yaml", text: text)) {
      return text
    }
    return nil
  }

  private func text(of path: String) throws -> String {
    try String(contentsOf: Folders.root.appendingPathComponent(path), encoding: .utf8)
  }

  @Test(arguments: samples)
  func `the samples are in their canonical form`(path: String) throws {
    let text = try text(of: path)
    #expect(formatted(text) == text)
  }

  /// What somebody else's editor would make of a file: more indentation, spaces at the ends, other line ends.
  @Test(arguments: samples)
  func `an untidy file comes out as the tidy one`(path: String) throws {
    let text = try text(of: path)
    let untidy = text.components(separatedBy: "\n").map { line in
      let indent = line.prefix { $0 == " " }
      return (indent.isEmpty ? "" : "   ") + line + "  "
    }
    #expect(formatted(untidy.joined(separator: "\r\n") + "\n\n\n") == text)
  }

  @Test(arguments: GoldenTests.codes)
  func `what is formatted stays as it is when it is formatted again`(code: DiagnosticCode) throws {
    let url = Folders.golden.appendingPathComponent("\(code.rawValue).yaml")
    guard let text = try? String(contentsOf: url, encoding: .utf8),
      let once = formatted(text)
    else { return }
    #expect(formatted(once) == once)
  }

  @Test func `keys come into order with their comments`() throws {
    let text = """
      # the modeline
      nudged: 1
      campaigns:
          # about c
          c:
              steps:
                # the second key's comment
                - send: email   # to them
                  # above the name
                  name: s


                  only_if: {within: 7 days, did: "a, b", where: {x: 'it''s'}}
                  at: "09:00"
                  on_day: 1

                - {template: t, name: u, immediately: true, send: email}
              model: m
              # ends with a comment
      # about audiences
      audiences: {a: {trait: {b: [1, {c: d}]}}}

      """
    try expectGolden(try #require(formatted(text)), "formatted.yaml")
  }

  @Test(arguments: [
    "nudged: 1\ncampaigns: {\n  c: {model: m}}\n",
    "nudged: 1\ncampaigns:\n  c:\n    description: >\n      two\n      lines\n\n    model: m\n",
    "nudged: 1\n# only a comment\n",
    "\u{FEFF}nudged: 1\n", "{nudged: 1}\n", "", "---\nnudged: 1\n",
    "nudged: 1\ncampaigns:\n  c:\n    steps:\n    -\n      name: a\n",
  ])
  func `a form that is not ordered says the same afterwards`(text: String) {
    let outcome = RuleFormatter.format(SourceFile(path: "a.yaml", text: text))
    guard case .formatted(let once) = outcome else {
      #expect(outcome == .unsupported)
      return
    }
    #expect(formatted(once) == once)
  }

  @Test func `a file that is no YAML is told, with its place`() {
    let outcome = RuleFormatter.format(SourceFile(path: "a.yaml", text: "a: [\n"))
    guard case .unreadable(let diagnostics) = outcome else {
      Issue.record("it was read")
      return
    }
    #expect(diagnostics.map(\.code) == [.yamlSyntax])
  }
}
