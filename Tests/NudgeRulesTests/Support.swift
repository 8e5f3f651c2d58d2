import Foundation
import NudgeCore
import NudgeRules
import Testing

/// Where the files of these tests stand.
enum Folders {
  static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let root = tests.deletingLastPathComponent().deletingLastPathComponent()
  static let golden = tests.appendingPathComponent("Golden")
}

/// Files of the project.
enum Samples {
  static let names = ["csm", "onboarding", "plg", "trial"]

  static func rules() throws -> [SourceFile] {
    try names.map { try rule($0) }
  }

  static func rule(_ name: String) throws -> SourceFile {
    let url = Folders.root.appendingPathComponent("rules/\(name).yaml")
    return SourceFile(path: "rules/\(name).yaml", bytes: Array(try Data(contentsOf: url)))
  }

  static func settings() throws -> SourceFile {
    let url = Folders.tests.appendingPathComponent("Fixtures/nudged.yaml")
    return SourceFile(path: "nudged.yaml", bytes: Array(try Data(contentsOf: url)))
  }
}

/// The diagnostics and their closing line, as `check` prints them.
func report(_ reading: Reading, files: [SourceFile]) -> String {
  let printer = DiagnosticPrinter(files: files)
  let text = printer.text(of: reading.diagnostics)
  return text + (text.isEmpty ? "" : "\n") + reading.summary.text + "\n"
}

/// A rule file around a campaign's text, with a model to refer to.
func ruleFile(_ text: String) -> SourceFile {
  SourceFile(path: "rules/x.yaml", text: text)
}

/// A model of two milestones for campaigns to refer to.
let smallModel = """
  nudged: 1
  models:
    m:
      subject: user
      starts: {did: Signed Up}
      milestones:
        a: {weight: 1, reached_when: {did: A}}
        b: {weight: 1, category: c, reached_when: {did: B}}
      activated_when: {milestones_reached: all}

  """
