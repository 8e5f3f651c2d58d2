import NudgeCore

/// Rewrites the `sent:` lists of a test file from what happened, and leaves everything else as it stands.
///
/// Items that hold keep their lines; others are written anew in the place where they belong, with the comments of the
/// lines that they replace.
public struct SentUpdate {
  private var lines: [String]
  /// How many tests were rewritten.
  public private(set) var updated = 0
  /// The tests that cannot be rewritten, with the reason.
  public private(set) var refused: [(test: String, reason: String)] = []

  /// The file before any change.
  public init(_ source: SourceFile) {
    lines = source.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The text of the file as it is now.
  public var text: String { lines.joined(separator: "\n") }

  /// Rewrites the lists of the tests that went otherwise, from the last one up so that places stay right.
  public mutating func apply(_ results: [CampaignTestResult]) {
    let changed = results.filter { result in
      guard let list = result.test.expectation.sent else { return false }
      return !SentComparison(list.items, result.sent).differences.isEmpty
    }
    let placed = changed.compactMap { result in
      result.test.expectation.sent.map { ($0, result) }
    }
    for (list, result) in placed.sorted(by: { $1.0.place < $0.0.place }) { rewrite(list, result) }
  }

  private mutating func rewrite(_ list: Expectation.SentList, _ result: CampaignTestResult) {
    guard !result.test.isOfTable else {
      refused.append((result.test.name, "its text is shared by the rows of a table"))
      return
    }
    guard let block = SentBlock(list, in: lines) else {
      refused.append((result.test.name, "its list is not written one item a line"))
      return
    }
    let times = TestTime(startsAt: result.test.timeline.startsAt, zone: result.test.timeline.zone)
    let written = block.rewritten(list.items, result.sent, times)
    lines.replaceSubrange(block.range, with: written)
    updated += 1
  }
}

/// The lines of one list of a file.
private struct SentBlock {
  /// The key's line and those of the list.
  let range: Range<Int>
  private let head: String
  private let indent: String
  /// The lines of each item, with the comments in front of it.
  private let items: [[String]]
  /// Comments behind the last item.
  private let rest: [String]

  /// `nil` for a list that is not written as one item a line.
  init?(_ list: Expectation.SentList, in lines: [String]) {
    let key = list.place.line - 1
    let column = list.place.column - 1
    let starts = list.items.map { $0.place.line - 1 }
    guard lines.indices.contains(key), Set(starts).count == starts.count,
      starts.allSatisfy({ $0 > key }), !starts.isEmpty || lines[key].contains("[]")
    else { return nil }
    head = lines[key]
    indent =
      starts.first.map { String(lines[$0].prefix { $0 == " " }) }
      ?? String(repeating: " ", count: column + 2)
    let end = SentBlock.end(
      of: lines,
      after: starts.last ?? key,
      indent: indent.count,
      starts.isEmpty
    )
    range = key..<end
    var items: [[String]] = []
    var from = key + 1
    for (place, start) in starts.enumerated() {
      let next = place + 1 < starts.count ? starts[place + 1] : end
      let to = SentBlock.ownEnd(of: lines, start, before: next, indent: indent.count)
      items.append(Array(lines[from..<to]))
      from = to
    }
    self.items = items
    rest = Array(lines[min(from, end)..<end])
  }

  /// The end of the last item: what is indented deeper than its dash.
  private static func end(of lines: [String], after start: Int, indent: Int, _ isEmpty: Bool) -> Int
  {
    if isEmpty { return start + 1 }
    return ownEnd(of: lines, start, before: lines.count, indent: indent)
  }

  private static func ownEnd(of lines: [String], _ start: Int, before next: Int, indent: Int) -> Int
  {
    let deeper = lines[(start + 1)..<max(start + 1, next)].prefix { line in
      line.prefix { $0 == " " }.count > indent && line.contains { $0 != " " }
    }
    return start + 1 + deeper.count
  }

  // MARK: Writing

  func rewritten(_ expected: [Expectation.Sent], _ found: [Decision], _ times: TestTime) -> [String]
  {
    let comparison = SentComparison(expected, found)
    let places = Dictionary(
      uniqueKeysWithValues: comparison.agreed.map { ($0.found, ($0.expected, true)) }
        + comparison.altered.map { ($0.found, ($0.expected, false)) }
    )
    let form = expected.first?.atText ?? "day"
    let body = found.enumerated().flatMap { place, decision -> [String] in
      guard let (old, isSame) = places[place] else {
        return [line(decision, nil, form, times, comment: "")]
      }
      if isSame { return items[old] }
      return comments(before: old)
        + [line(decision, expected[old], form, times, comment: comment(of: old))]
    }
    return [found.isEmpty ? emptied : filled] + body + rest
  }

  private var emptied: String {
    guard !head.contains("[]"), let colon = head.firstRange(of: "sent:") else { return head }
    return head[..<colon.upperBound] + " []" + head[colon.upperBound...]
  }

  private var filled: String { head.replacing(" []", with: "") }

  private func comments(before item: Int) -> [String] {
    items[item].prefix { $0.drop { $0 == " " }.hasPrefix("#") || $0.allSatisfy { $0 == " " } }
  }

  /// The comment at the end of an item's last line, with the spaces in front.
  private func comment(of item: Int) -> String {
    guard let line = items[item].last, let sign = line.firstRange(of: " #") else { return "" }
    return "  " + line[line.index(after: sign.lowerBound)...]
  }

  private func line(
    _ decision: Decision,
    _ old: Expectation.Sent?,
    _ form: String,
    _ times: TestTime,
    comment: String
  ) -> String {
    var parts = [
      "at: \(times.text(of: decision.at, like: old?.atText ?? form))",
      "campaign: \(decision.campaign)", "step: \(decision.step)",
    ]
    if let to = decision.to { parts.append("to: \(to.shortText.asScalar)") }
    if let about = old?.sending.about { parts.append("about: \(about.text.asScalar)") }
    if let channel = decision.channel { parts.append("channel: \(channel)") }
    if old?.lateByMilliseconds != nil {
      parts.append("late_by: \(Span.clockText(milliseconds: decision.lateByMilliseconds))")
    }
    if old?.variant != nil, let variant = decision.variant { parts.append("variant: \(variant)") }
    return "\(indent)- {\(parts.joined(separator: ", "))}\(comment)"
  }
}

extension String {
  /// The text as a scalar in a flow map; quoted where a plain one would read otherwise.
  fileprivate var asScalar: String {
    let isPlain =
      !isEmpty
      && allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.@:".contains($0))
      }
    return isPlain && !hasPrefix("-") && !hasPrefix("@") && !hasSuffix(":")
      ? self : JSONWriter.text(.string(self))
  }
}
