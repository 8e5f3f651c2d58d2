import Foundation
import NudgeCore
import NudgeRules
import Testing

@Suite struct GoldenTests {
  /// Codes that only history can give; their golden file is that of `HistoryTests`.
  static let fromHistory: [DiagnosticCode] = [.deadEvent, .numberVsText, .volume]
  /// Codes that the daemon's part of the settings gives; their golden files are those of `CheckFormatTests`.
  static let fromSettings: [DiagnosticCode] = [.unsafeAddress]
  static let codes = DiagnosticCode.allCases.filter {
    !fromHistory.contains($0) && !fromSettings.contains($0)
  }

  @Test(arguments: codes)
  func `each mistake is reported as its golden file says`(code: DiagnosticCode) throws {
    let files = try inputs(of: code)
    let settings = try file("\(code.rawValue).settings.yaml", shownAs: "nudged.yaml")
    let template = try file("\(code.rawValue).welcome.md", shownAs: "templates/welcome.md")
    let reading = RuleReader.read(
      files: files,
      settings: settings.map { .file($0) } ?? .defaults(timezone: "UTC"),
      templates: template.map { [$0] },
      zones: ["America/New_York", "Europe/Berlin", "UTC"],
      today: LocalDate("2026-07-01")
    )
    let all = files + [settings, template].compactMap(\.self)
    try expectGolden(report(reading, files: all), "\(code.rawValue).txt")
    #expect(reading.diagnostics.contains { $0.code == code })
    #expect((reading.ruleSet == nil) == reading.hasErrors)
  }

  @Test(arguments: DiagnosticCode.allCases)
  func `each code has a page with a meaning, an example and a mend`(code: DiagnosticCode) throws {
    let page = code.documentation
    #expect(page.hasPrefix("\(code.rawValue) (\(code.level.rawValue))\n\n"))
    #expect(page.split(separator: "\n\n").count == 4)
  }

  @Test func `diagnostics for programs carry the same facts`() throws {
    let files = try inputs(of: .unknownKey)
    let reading = RuleReader.read(files: files, settings: .defaults(timezone: "UTC"))
    let text = DiagnosticJSON.text(of: reading.diagnostics, summary: reading.summary)
    try expectGolden(text + "\n", "unknown-key.json")
  }

  private func inputs(of code: DiagnosticCode) throws -> [SourceFile] {
    if code == .fileTooLarge {
      let text = String(repeating: "# filler\n", count: 120_000)
      return [SourceFile(path: "rules/large.yaml", text: text)]
    }
    let names = ["\(code.rawValue).yaml", "\(code.rawValue).second.yaml"]
    return try names.compactMap { try file($0, shownAs: "rules/\($0)") }
  }

  private func file(_ name: String, shownAs path: String) throws -> SourceFile? {
    let url = Folders.golden.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return SourceFile(path: path, bytes: Array(try Data(contentsOf: url)))
  }
}

/// Compares a text with a golden file; `NUDGED_BLESS=1` writes it instead.
func expectGolden(_ text: String, _ name: String) throws {
  let url = Folders.golden.appendingPathComponent(name)
  if ProcessInfo.processInfo.environment["NUDGED_BLESS"] == "1" {
    try Data(text.utf8).write(to: url)
  }
  let golden = try? String(decoding: Data(contentsOf: url), as: UTF8.self)
  #expect(text == golden, "\(name)")
}
