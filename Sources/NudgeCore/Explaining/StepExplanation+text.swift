extension StepExplanation {
  /// The step's headline beside its name, then what is to be said about it.
  ///
  /// `tellsUnmet` is false where the condition that was false is told elsewhere.
  func lines(width: Int, _ page: Page, tellsUnmet: Bool = true) -> [String] {
    let column = String(repeating: " ", count: width + 4)
    let headline = headline(page).map(page.text)
    let first = "  " + name.padded(to: width + 2) + (headline.first ?? "")
    return [first] + headline.dropFirst().map { column + $0 }
      + rows(page, tellsUnmet).flatMap(page.detail)
  }

  private func headline(_ page: Page) -> [Phrase] {
    switch outlook {
    case .planned(let plan): plan.headline(now: page.now)
    case .unplanned(let absence): absence.headline
    case .over: pastHeadline
    }
  }

  private func rows(_ page: Page, _ tellsUnmet: Bool) -> [Page.Row] {
    let own: [Page.Row]
    switch outlook {
    case .planned(let plan): own = plan.rows(page)
    case .unplanned(let absence): own = absence.rows
    case .over: own = tellsUnmet ? unmetRows : []
    }
    let advice = advicePhrase.map { [Page.Row("to change:", " \($0)")] } ?? []
    return own + pastRows + advice
  }

  // MARK: What was decided

  private var pastHeadline: [Phrase] {
    guard let last = decisions.last else { return ["never planned"] }
    return [last.headline(heldOut)]
  }

  /// The decisions that the headline does not tell, the latest first.
  private var pastRows: [Page.Row] {
    let past = outlook == .over ? Array(decisions.dropLast()) : decisions
    let told = past.suffix(Limits.decisionsTold).reversed()
    let rest = past.count - told.count
    let rows = told.map { Page.Row("before", $0.headline(nil)) }
    return rows + (rest > 0 ? [Page.Row("before", "and \(rest) more")] : [])
  }
}

extension Decision {
  /// What came of it and when, with why when it was not sent.
  fileprivate func headline(_ heldOut: Phrase?) -> Phrase {
    switch outcome {
    case .sent: return "sent \(zoned: at)\(receiver)"
    case .heldOut:
      return "HELD OUT \(zoned: at): on purpose, to compare with those who get it"
        + (heldOut.map { " \($0)" } ?? "")
    case .cancelled where reason.isLeaving: return "NOT SENT: \(reason.code)"
    case .skipped, .dropped, .cancelled:
      let by = cause.map { " (\($0))" } ?? ""
      return "NOT SENT: \(reason.code) \(zoned: at): \(ReasonCode(reason).clause)\(by)"
    }
  }

  private var receiver: String {
    guard let channel else { return "" }
    let to = to.map { $0 == subject ? "" : " to \($0)" } ?? ""
    return "  \(channel)\(to)" + (variant.map { ", variant \($0)" } ?? "")
  }
}

extension Reason {
  /// Whether the subject left, which the campaign's own lines tell.
  fileprivate var isLeaving: Bool {
    if case .left = self { true } else { false }
  }
}

extension StepExplanation.Absence {
  fileprivate var headline: [Phrase] {
    ["not planned: \(text)"]
  }

  fileprivate var rows: [Page.Row] {
    guard let condition else { return [] }
    let key = condition.holds ? "now" : "missing"
    let lead: Phrase = "\(condition.holds ? "✓" : "✗") \(condition.text)"
    return [Page.Row(key, condition.brief, tree: condition, lead: lead)]
  }
}

extension PlanExplanation {
  fileprivate func headline(now: Timestamp) -> [Phrase] {
    guard let waiting else { return plannedHeadline(now) }
    let held: Phrase = "NOT SENT: \(waiting.code.rawValue) until \(waiting.end)"
    guard expiresAt != .never else { return [held] }
    if willExpire, waiting.until != .never {
      return [held + ",", "but it expires \(expiresAt) and will then be dropped"]
    }
    return [held + ",", "and expires \(expiresAt)"]
  }

  private func plannedHeadline(_ now: Timestamp) -> [Phrase] {
    let ahead = plannedAt.milliseconds(since: now)
    let distance =
      ahead > 0
      ? "in \(elapsedText(milliseconds: ahead))"
      : "due, \(elapsedText(milliseconds: ahead)) ago"
    return ["planned \(zoned: plannedAt) (\(distance))"] + foreseen
  }

  /// What would keep it from going out if nothing changed until then; quiet hours and caps change by themselves.
  private var foreseen: [Phrase] {
    checks.filter { !$0.passes }.compactMap { check in
      switch check.kind {
      case .holdout: "and will be \(check.text)"
      case .onlyIf, .recipient, .mute, .silence, .atMost: "but now \(check.text)"
      case .quietHours, .cap: nil
      }
    }
  }

  fileprivate func rows(_ page: Page) -> [Page.Row] {
    let kept = wouldBeAt.map {
      [
        Page.Row(
          "kept",
          "its instant was fixed when it was planned; by today's facts it would be \($0)"
        )
      ]
    }
    guard waiting != nil || plannedAt <= page.now || page.style.isDetailed else {
      return (movedBy.isEmpty ? [] : [plannedRow]) + (kept ?? [])
    }
    return [plannedRow] + (kept ?? []) + [checkedRow(page.now)] + conditionRows + capRows(page)
  }

  private var plannedRow: Page.Row {
    let moved: Phrase =
      movedBy.isEmpty ? " ✓" : " · moved from \(nominalAt) by \(movedBy.joined(by: "and"))"
    return Page.Row("planned", "\(zoned: plannedAt)    \(timing)\(moved)")
  }

  private func checkedRow(_ now: Timestamp) -> Page.Row {
    let told = checks.filter { $0.kind != .cap }.map { check -> Phrase in
      guard check.kind == .onlyIf, let condition = check.condition, !condition.children.isEmpty
      else { return check.text }
      return "only_if \(condition.holds ? "✓" : "✗")"
    }
    return Page.Row("checked", "\(now)        \(told.joined(by: " · "))")
  }

  private var conditionRows: [Page.Row] {
    checks.compactMap { check in
      guard check.kind == .onlyIf, let condition = check.condition, !condition.children.isEmpty
      else { return nil }
      let lead: Phrase = "\(condition.holds ? "✓" : "✗") \(condition.text)"
      return Page.Row(check.kind.rawValue, check.text, tree: condition, lead: lead)
    }
  }

  private func capRows(_ page: Page) -> [Page.Row] {
    checks.filter { $0.kind == .cap && (!$0.passes || page.style.isDetailed) }
      .map { Page.Row("cap", $0.text) }
  }
}

extension PlanExplanation.Waiting {
  /// When it ends, or what ends it.
  fileprivate var end: Phrase {
    guard until == .never else { return "\(until)" }
    return cause == Silence.pauseCause ? "the campaign is resumed" : "\(cause) ends"
  }
}
