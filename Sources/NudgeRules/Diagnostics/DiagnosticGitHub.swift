/// Diagnostics as workflow commands, which GitHub shows beside the lines of a pull request.
///
/// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>
public enum DiagnosticGitHub {
  /// A line for each diagnostic and the closing line, each with a newline.
  public static func text(of diagnostics: [Diagnostic], summary: DiagnosticSummary) -> String {
    (diagnostics.map(line) + [summary.text]).map { $0 + "\n" }.joined()
  }

  private static func line(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.place
    let properties = [
      ("file", place.path), ("line", String(place.line)), ("col", String(place.column)),
      ("endColumn", String(place.column + place.length)), ("title", diagnostic.code.rawValue),
    ]
    let written = properties.map { "\($0)=\(escaped($1, isProperty: true))" }
    return "::\(command(diagnostic.level)) \(written.joined(separator: ","))::"
      + escaped(diagnostic.plainText, isProperty: false)
  }

  private static func command(_ level: Diagnostic.Level) -> String {
    switch level {
    case .error: "error"
    case .warning: "warning"
    case .hint: "notice"
    }
  }

  private static func escaped(_ text: String, isProperty: Bool) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      case ":" where isProperty: "%3A"
      case "," where isProperty: "%2C"
      default: String(scalar)
      }
    }
    .joined()
  }
}

extension Diagnostic {
  /// The message and what would be right, a line each, without the snippet.
  var plainText: String {
    ([message] + label + help).joined(separator: "\n")
  }
}
