import NudgeCore
import NudgeDaemon
import NudgeRules

/// What `check` has found, and in how much.
struct CheckReport {
  /// The forms in which it is told.
  enum Format: String, CaseIterable {
    case text
    case json
    case sarif
    case github
  }

  /// By file and position.
  let diagnostics: [Diagnostic]
  /// Those that the places are shown from.
  let files: [SourceFile]
  let summary: DiagnosticSummary

  /// A report of diagnostics, each once, over so much.
  init(_ diagnostics: [Diagnostic], files: [SourceFile], campaigns: Int, models: Int, read: Int) {
    let collector = DiagnosticCollector()
    for diagnostic in diagnostics { collector.report(diagnostic) }
    self.diagnostics = collector.diagnostics
    self.files = files
    summary = DiagnosticSummary(
      self.diagnostics,
      files: read,
      campaigns: campaigns,
      models: models
    )
  }

  /// A report of rule files and settings, with hints from elsewhere.
  init(_ configuration: Configuration, hints: [Diagnostic] = []) {
    let counts = configuration.summary
    self.init(
      configuration.diagnostics + hints,
      files: configuration.files,
      campaigns: counts.campaigns,
      models: counts.models,
      read: counts.files
    )
  }

  /// The report in a form, each line with a newline.
  func text(as format: Format, in terminal: Terminal) -> String {
    switch format {
    case .text: forPeople(in: terminal)
    case .json: DiagnosticJSON.text(of: diagnostics, summary: summary) + "\n"
    case .sarif: DiagnosticSARIF.text(of: diagnostics, version: NudgedVersion.text)
    case .github: DiagnosticGitHub.text(of: diagnostics, summary: summary)
    }
  }

  private func forPeople(in terminal: Terminal) -> String {
    let printer = DiagnosticPrinter(files: files)
    let found = diagnostics.map {
      terminal.painted(printer.text(of: $0), level: $0.level) + "\n"
    }
    return found.joined() + summary.text + "\n"
  }
}

extension Terminal {
  /// A diagnostic whose headline stands out.
  fileprivate func painted(_ text: String, level: Diagnostic.Level) -> String {
    guard hasColor, let word = text.firstRange(of: "\(level.rawValue)[") else { return text }
    let style: Style =
      switch level {
      case .error: .error
      case .warning: .warning
      case .hint: .hint
      }
    return styled(String(text[..<word.lowerBound]), .bold) + styled(level.rawValue, style)
      + text[text.index(before: word.upperBound)...]
  }
}
