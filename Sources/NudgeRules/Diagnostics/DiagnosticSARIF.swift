/// Diagnostics as SARIF 2.1.0, which code scanning and editors read.
///
/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
public enum DiagnosticSARIF {
  /// One log with one run; `version` is that of the program.
  public static func text(of diagnostics: [Diagnostic], version: String) -> String {
    let codes = DiagnosticCode.allCases.filter { code in diagnostics.contains { $0.code == code } }
    return JSONWriter.lines(
      .object([
        ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
        ("version", .string("2.1.0")),
        (
          "runs",
          .array([
            .object([
              ("tool", .object([("driver", driver(codes, version: version))])),
              ("columnKind", .string("unicodeCodePoints")),
              ("results", .array(diagnostics.map { result($0, among: codes) })),
            ])
          ])
        ),
      ])
    )
  }

  private static func driver(_ codes: [DiagnosticCode], version: String) -> JSONWriter.Value {
    .object([
      ("name", .string("nudged")), ("version", .string(version)),
      ("rules", .array(codes.map(rule))),
    ])
  }

  private static func rule(_ code: DiagnosticCode) -> JSONWriter.Value {
    .object([
      ("id", .string(code.rawValue)),
      ("shortDescription", message(code.page.meaning)),
      ("help", message(code.documentation)),
      ("defaultConfiguration", .object([("level", .string(level(code.level)))])),
    ])
  }

  private static func result(
    _ diagnostic: Diagnostic,
    among codes: [DiagnosticCode]
  ) -> JSONWriter.Value {
    let index = codes.firstIndex(of: diagnostic.code) ?? -1
    return .object([
      ("ruleId", .string(diagnostic.code.rawValue)),
      ("ruleIndex", .number(index)),
      ("level", .string(level(diagnostic.level))),
      ("message", message(diagnostic.plainText)),
      ("locations", .array([location(diagnostic.place)])),
    ])
  }

  private static func location(_ place: Place) -> JSONWriter.Value {
    let region: [(String, JSONWriter.Value)] = [
      ("startLine", .number(place.line)), ("startColumn", .number(place.column)),
      ("endLine", .number(place.line)), ("endColumn", .number(place.column + place.length)),
    ]
    let physical: [(String, JSONWriter.Value)] = [
      ("artifactLocation", .object([("uri", .string(reference(to: place.path)))])),
      ("region", .object(region)),
    ]
    return .object([("physicalLocation", .object(physical))])
  }

  private static func message(_ text: String) -> JSONWriter.Value {
    .object([("text", .string(text))])
  }

  private static func level(_ level: Diagnostic.Level) -> String {
    switch level {
    case .error: "error"
    case .warning: "warning"
    case .hint: "note"
    }
  }

  /// A path as a URI reference (RFC 3986, section 4.2).
  private static func reference(to path: String) -> String {
    let escaped = path.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return (path.hasPrefix("/") ? "file://" : "") + escaped.joined()
  }
}
