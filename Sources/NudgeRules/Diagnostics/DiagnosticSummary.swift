/// How much was read, and how much of it was wrong.
public struct DiagnosticSummary: Hashable, Sendable {
  /// How many stop a load.
  public let errors: Int
  /// How many stop it with `--deny-warnings`.
  public let warnings: Int
  /// How many are worth a thought.
  public let hints: Int
  /// How many rule files were read.
  public let files: Int
  /// How many campaigns they define.
  public let campaigns: Int
  /// How many models they define.
  public let models: Int

  /// The counts of these diagnostics, over so many files and definitions.
  public init(_ diagnostics: [Diagnostic], files: Int, campaigns: Int, models: Int) {
    self.errors = diagnostics.count { $0.level == .error }
    self.warnings = diagnostics.count { $0.level == .warning }
    self.hints = diagnostics.count { $0.level == .hint }
    self.files = files
    self.campaigns = campaigns
    self.models = models
  }

  /// The line that closes a report.
  ///
  /// As in `2 errors, 0 warnings in 4 files (5 campaigns, 4 models). Nothing was loaded.`
  public var text: String {
    let found =
      [count(errors, "error"), count(warnings, "warning")]
      + (hints == 0 ? [] : [count(hints, "hint")])
    let read =
      "\(count(files, "file")) (\(count(campaigns, "campaign")), \(count(models, "model")))"
    return "\(found.joined(separator: ", ")) in \(read)."
      + (errors == 0 ? "" : " Nothing was loaded.")
  }

  private func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
  }
}
