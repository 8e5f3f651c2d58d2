import Foundation
import NudgeRules
import Testing

/// A part of a rule file in the documentation, and the whole that it stands for.
///
/// A fence `yaml fragment KIND` says what the part is; the block below `<!-- example file -->` is what it belongs to.
struct Fragment: Sendable, CustomTestStringConvertible {
  let line: Int
  let kind: String
  let text: String

  var testDescription: String { "docs/rules.md:\(line) \(kind)" }

  /// All of the page.
  static let all: [Fragment] = {
    lines.indices.compactMap { index in
      guard let match = lines[index].wholeMatch(of: /```yaml fragment ([a-z ]+)/) else {
        return nil
      }
      return Fragment(line: index + 2, kind: String(match.1), text: block(after: index))
    }
  }()

  /// The file that the parts belong to.
  static let whole: String = {
    guard let mark = lines.firstIndex(of: "<!-- example file -->") else { return "" }
    let fence = lines[mark...].firstIndex(of: "```yaml") ?? mark
    return block(after: fence)
  }()

  private static let lines: [String] = {
    let url = Folders.root.appendingPathComponent("docs/rules.md")
    return ((try? String(contentsOf: url, encoding: .utf8)) ?? "").components(separatedBy: "\n")
  }()

  private static func block(after fence: Int) -> String {
    lines[(fence + 1)...].prefix { $0 != "```" }.joined(separator: "\n") + "\n"
  }

  /// The part inside a definition that is complete; `nil` for a kind that is not known.
  var file: String? {
    let campaign =
      "nudged: 1\ncampaigns:\n  part:\n    description: d\n    owner: o\n    mode: live\n"
    let step = "    steps: [{name: last, on_day: 9, send: email, template: t}]\n"
    let model = "nudged: 1\nmodels:\n  part:\n    subject: user\n    starts: {did: Signed Up}\n"
    let milestones = "    milestones: {a: {reached_when: {did: A}}, b: {reached_when: {did: B}}}\n"
    return switch kind {
    case "conditions":
      campaign + "    model: onboarding\n    while:\n      any:\n" + text(by: 8) + step
    case "account conditions":
      campaign + "    model: workspace\n    while:\n      any:\n" + text(by: 8) + step
    case "steps":
      campaign + "    model: onboarding\n    while: {activated: false}\n    steps:\n" + text(by: 6)
    case "account steps":
      campaign + "    model: workspace\n    while: {activated: false}\n    steps:\n" + text(by: 6)
    case "campaign": campaign + text(by: 4) + (text.contains("steps:") ? "" : step)
    case "metrics": model + milestones + "    metrics:\n" + text(by: 6)
    case "account metrics":
      model.replacing("subject: user", with: "subject: account") + "    metrics:\n" + text(by: 6)
    case "model": model + (text.contains("milestones:") ? "" : milestones) + text(by: 4)
    case "mutes": "nudged: 1\nmutes:\n" + text(by: 2)
    default: nil
    }
  }

  private func text(by count: Int) -> String {
    let indent = String(repeating: " ", count: count)
    return text.split(separator: "\n").map { "\(indent)\($0)\n" }.joined()
  }
}

@Suite struct FragmentTests {
  @Test func `the page shows parts of many kinds`() {
    #expect(Set(Fragment.all.map(\.kind)).count >= 8)
    #expect(Fragment.whole.contains("models:"))
  }

  @Test(arguments: Fragment.all.filter { !["settings", "with mistakes"].contains($0.kind) })
  func `every part of a file in the documentation passes the check`(fragment: Fragment) throws {
    let part = try #require(fragment.file)
    let files = [
      SourceFile(path: "part.yaml", text: part),
      SourceFile(path: "whole.yaml", text: Fragment.whole),
    ]
    let reading = RuleReader.read(files: files, settings: .defaults(timezone: "UTC"))
    let found = reading.diagnostics.filter { $0.code != .unused }
    #expect(found.isEmpty, "\(DiagnosticPrinter(files: files).text(of: found))")
  }

  @Test(arguments: Fragment.all.filter { $0.kind == "settings" })
  func `every part of a settings file in the documentation passes the check`(fragment: Fragment) {
    let text = "nudged_config: 1\n" + (fragment.text.contains("timezone:") ? "" : "timezone: UTC\n")
    let file = SourceFile(path: "nudged.yaml", text: text + fragment.text)
    let reading = RuleReader.read(files: [], settings: .file(file))
    #expect(reading.diagnostics.isEmpty, "\(report(reading, files: [file]))")
  }
}
