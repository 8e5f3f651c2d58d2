/// Diagnostics for programs.
///
/// Keys are only ever added.
public enum DiagnosticJSON {
  /// One JSON object with the diagnostics and their counts.
  public static func text(of diagnostics: [Diagnostic], summary: DiagnosticSummary) -> String {
    JSONWriter.text(
      .object([
        ("diagnostics", .array(diagnostics.map(value))),
        ("errors", .number(summary.errors)),
        ("warnings", .number(summary.warnings)),
        ("hints", .number(summary.hints)),
        ("files", .number(summary.files)),
        ("campaigns", .number(summary.campaigns)),
        ("models", .number(summary.models)),
      ])
    )
  }

  private static func value(_ diagnostic: Diagnostic) -> JSONWriter.Value {
    .object([
      ("code", .string(diagnostic.code.rawValue)),
      ("level", .string(diagnostic.level.rawValue)),
      ("file", .string(diagnostic.place.path)),
      ("line", .number(diagnostic.place.line)),
      ("column", .number(diagnostic.place.column)),
      ("length", .number(diagnostic.place.length)),
      ("message", .string(diagnostic.message)),
      ("label", .array(diagnostic.label.map { .string($0) })),
      ("help", .array(diagnostic.help.map { .string($0) })),
    ])
  }
}
