public import NudgeCore

/// A comment that allows a warning or hint for a while: `# nudged: allow CODE until DATE — reason`.
///
/// At the end of a line it counts for that line, on a line of its own for the whole file.
public struct Suppression: Hashable, Sendable {
  /// The code that is allowed.
  public let code: DiagnosticCode
  /// The last day on which it is.
  public let until: LocalDate
  /// Why.
  public let reason: String
  /// The file that it stands in.
  public let path: String
  /// The only line that it counts for; `nil`: the whole file.
  public let line: Int?

  /// Leaves out what comments in the files allow on this day, and reports comments that are not complete.
  ///
  /// The day is `today`; `nil` lets every comment count.
  public static func apply(
    to diagnostics: [Diagnostic],
    files: [SourceFile],
    today: LocalDate?
  ) -> [Diagnostic] {
    let collector = DiagnosticCollector()
    let allowed = files.flatMap { read($0, today: today, into: collector) }
    let kept = diagnostics.filter { diagnostic in
      !allowed.contains { $0.covers(diagnostic) }
    }
    return (kept + collector.diagnostics).sorted()
  }

  private func covers(_ diagnostic: Diagnostic) -> Bool {
    diagnostic.level != .error && diagnostic.code == code && diagnostic.place.path == path
      && (line == nil || line == diagnostic.place.line)
  }

  private static let mark = "# nudged: allow"

  private static func read(
    _ file: SourceFile,
    today: LocalDate?,
    into collector: DiagnosticCollector
  ) -> [Suppression] {
    file.lines.enumerated().compactMap { index, line in
      guard let range = line.firstRange(of: mark) else { return nil }
      let before = line[..<range.lowerBound]
      let place = Place(
        path: file.path,
        line: index + 1,
        column: before.unicodeScalars.count + 1,
        length: line.unicodeScalars.count - before.unicodeScalars.count
      )
      let isAlone = before.allSatisfy { $0 == " " }
      return suppression(
        String(line[range.upperBound...]),
        at: place,
        line: isAlone ? nil : index + 1,
        today: today,
        into: collector
      )
    }
  }

  private static func suppression(
    _ text: String,
    at place: Place,
    line: Int?,
    today: LocalDate?,
    into collector: DiagnosticCollector
  ) -> Suppression? {
    let words = text.split(separator: " ").map(String.init)
    guard words.count >= 4, words[1] == "until", let date = LocalDate(words[2]) else {
      reportIncomplete(at: place, into: collector)
      return nil
    }
    let reason = words[3...].filter { !["—", "-", "--", "–"].contains($0) }.joined(separator: " ")
    guard let code = DiagnosticCode(rawValue: words[0]) else {
      let known = DiagnosticCode.allCases.map(\.rawValue)
      collector.report(
        .badAllow,
        at: place,
        "there is no code `\(words[0])`",
        label: Suggestion.label(for: words[0], among: known)
      )
      return nil
    }
    guard !reason.isEmpty else {
      reportIncomplete(at: place, into: collector)
      return nil
    }
    if let today, date < today {
      collector.report(
        .badAllow,
        at: place,
        "`\(code.rawValue)` was allowed until \(date)",
        label: ["mend it, or give it a new date"]
      )
      return nil
    }
    return Suppression(code: code, until: date, reason: reason, path: place.path, line: line)
  }

  private static func reportIncomplete(at place: Place, into collector: DiagnosticCollector) {
    collector.report(
      .badAllow,
      at: place,
      "the comment does not say what is allowed, until when and why",
      label: ["write `# nudged: allow CODE until 2027-01-31 — reason`"]
    )
  }
}

extension StringProtocol {
  /// Where a text stands first; `nil` when it does not.
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      formIndex(after: &start)
    }
    return nil
  }
}
