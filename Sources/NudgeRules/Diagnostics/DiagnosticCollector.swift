/// Gathers what readers find.
///
/// A class, since readers of maps inside maps report to one list; it stays within one call.
public final class DiagnosticCollector {
  private var found: [Diagnostic] = []
  private var seen: Set<Diagnostic> = []

  /// Nothing found yet.
  public init() {}

  /// What was found, each once, by file and position.
  public var diagnostics: [Diagnostic] { found.sorted() }

  /// Whether something was found that stops a load.
  public var hasErrors: Bool { found.contains { $0.level == .error } }

  /// Adds a diagnostic, unless the same one is there.
  public func report(_ diagnostic: Diagnostic) {
    if seen.insert(diagnostic).inserted { found.append(diagnostic) }
  }

  /// Adds a diagnostic of these parts, unless the same one is there.
  public func report(
    _ code: DiagnosticCode,
    at place: Place,
    _ message: String,
    level: Diagnostic.Level? = nil,
    label: [String] = [],
    help: [String] = []
  ) {
    report(Diagnostic(code, at: place, message, level: level, label: label, help: help))
  }
}
