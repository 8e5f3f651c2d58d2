extension Explanation {
  /// The explanation for people: whom it is about, then each campaign with its steps, then where the rules are from.
  public func text(style: TextStyle) -> String {
    let bodies = campaigns.sorted { $0.rank < $1.rank }.map { campaign in
      let lines = campaign.lines(style, now, isAlone: campaigns.count == 1)
      return campaigns.count == 1 ? lines : [campaign.title] + lines
    }
    let paragraphs = [head(style)] + (bodies.isEmpty ? [["  no campaign here"]] : bodies)
    let gap = campaigns.count == 1 ? "\n" : "\n\n"
    return paragraphs.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
      + gap + foot + "\n"
  }

  private func head(_ style: TextStyle) -> [String] {
    let moment = style.text("now \(zoned: now)", in: zone)
    let who = "\(subject.id) (\(zone.name))"
    guard isKnown else { return ["\(who): nothing is known of \(subject); \(moment)"] }
    guard starts.count == 1 else {
      return ["\(who); \(moment)"] + aligned(starts.map { row($0, style) })
    }
    let began = style.text("started \(zoned: starts[0].startedAt)", in: zone)
    return ["\(who), \(began); \(moment), day \(starts[0].day)"]
  }

  private func row(_ start: Start, _ style: TextStyle) -> [String] {
    let began = style.text("started \(zoned: start.startedAt)", in: zone)
    return ["  \(start.model)", "\(began), day \(start.day)"]
  }

  private var foot: String {
    let commit = gitCommit.map { ", git \($0.prefix(7))" } ?? ""
    let told = campaigns.flatMap(\.steps).flatMap(\.decisions).sorted { $0.at < $1.at }
      .suffix(Limits.decisionsTold)
    let decisions = told.isEmpty ? "" : "; decisions \(told.map(\.id).joined(separator: ", "))"
    return "rules: set \(ruleSet.prefix(12))\(commit)\(decisions)"
  }
}

extension CampaignExplanation {
  /// Where something happens comes before where nothing does; else the order stays.
  fileprivate var rank: Int {
    switch standing {
    case .inside: 0
    case .left: 1
    case .outside: 2
    case .removed: 3
    }
  }

  fileprivate var title: String {
    mode.map { $0 == .live ? name : "\(name)  (mode: \($0.rawValue))" } ?? name
  }

  fileprivate func lines(_ style: TextStyle, _ now: Timestamp, isAlone: Bool) -> [String] {
    let page = Page(style: style, zone: zone, now: now)
    let steps = steps.isEmpty ? [] : stepLines(page)
    let entry = (modeRow + entryRows(page, isAlone: isAlone)).flatMap(page.row)
    return entry + (isAlone && !steps.isEmpty ? [""] : []) + steps
  }

  private func stepLines(_ page: Page) -> [String] {
    let width = steps.map(\.name.count).max() ?? 0
    return steps.flatMap { $0.lines(width: width, page) }
  }

  // MARK: Entering and leaving

  private func entryRows(_ page: Page, isAlone: Bool) -> [Page.Row] {
    let isShort = !isAlone && !page.style.isDetailed
    return switch standing {
    case .outside: hindranceRows("not entered", isShort ? decisive : hindrances)
    case .inside(let number, let since):
      [enteredRow(number, since)] + conditionRow("inside", "while", stays) + exitRows(page)
    case .left(let number, let entered, let left, let code):
      [enteredRow(number, entered), leftRow(left, code)] + whyRow(code)
        + (page.style.isDetailed ? hindranceRows("outside", hindrances) : [])
    case .removed: [Page.Row("removed", "the campaign is no longer in the rules")]
    }
  }

  /// Nothing for a campaign that is live.
  private var modeRow: [Page.Row] {
    switch mode {
    case .shadow: [Page.Row("mode", "shadow: everything is decided, and nothing leaves")]
    case .off: [Page.Row("mode", "off: nobody enters, and nothing is decided")]
    case .live, nil: []
    }
  }

  private func enteredRow(_ number: Int, _ instant: Timestamp) -> Page.Row {
    let again = number > 1 ? " (time \(number))" : ""
    guard let who else { return Page.Row("entered", "\(instant)\(again)") }
    let note = who.holds ? "" : "now "
    return Page.Row(
      "entered",
      "\(instant)\(again)   \(note)who \(who.holds ? "✓" : "✗") \(who.brief)",
      tree: who,
      lead: "\(instant)\(again)   \(note)who \(who.holds ? "✓" : "✗") \(who.text)"
    )
  }

  private func conditionRow(_ key: String, _ verb: String, _ tree: ConditionTree?) -> [Page.Row] {
    guard let tree else { return [] }
    let mark = tree.holds ? "✓" : "✗"
    return [
      Page.Row(
        key,
        "\(verb) \(mark) \(tree.brief)",
        tree: tree,
        lead: "\(verb) \(mark) \(tree.text)"
      )
    ]
  }

  private func exitRows(_ page: Page) -> [Page.Row] {
    guard page.style.isDetailed else { return [] }
    return exits.map { exit in
      Page.Row(
        "leaves",
        "\(exit.name) \(exit.condition.holds ? "✓" : "✗") \(exit.condition.brief)",
        tree: exit.condition,
        lead: "\(exit.name) \(exit.condition.text)"
      )
    }
  }

  private func leftRow(_ instant: Timestamp, _ code: String) -> Page.Row {
    let name = code.hasPrefix("left.") ? String(code.dropFirst(5)) : code
    return code == "finished"
      ? Page.Row("finished", "\(instant)") : Page.Row("left", "\(instant) as \(name)")
  }

  /// The condition that ended it, as it stands now.
  private func whyRow(_ code: String) -> [Page.Row] {
    if code == "left.while-ended" { return conditionRow("why", "while", stays) }
    guard let exit = exits.first(where: { "left.\($0.name)" == code }) else { return [] }
    return conditionRow("why", exit.name, exit.condition)
  }

  /// What is for good, alone; else everything but a `while` that says the same as `who`.
  private var decisive: [Hindrance] {
    if let last = hindrances.first(where: { $0.code == "too-late" || $0.code == "before-deploy" }) {
      return [last]
    }
    return hindrances.filter { $0.code != "while" || $0.condition != who }
  }

  private func hindranceRows(_ key: String, _ hindrances: [Hindrance]) -> [Page.Row] {
    guard !hindrances.isEmpty else {
      return [Page.Row(key, "nothing keeps the subject out: it enters at the next look")]
    }
    return hindrances.enumerated().map { place, hindrance in
      let lead: Phrase? = hindrance.condition.map {
        hindrance.code == "who" || hindrance.code == "while"
          ? "\(hindrance.code) ✗ \($0.text)" : "not started: \($0.text)"
      }
      return Page.Row(
        place == 0 ? key : String(repeating: " ", count: key.count),
        hindrance.text,
        tree: hindrance.condition,
        lead: lead
      )
    }
  }
}

/// What lines are made with.
struct Page {
  let style: TextStyle
  let zone: Zone
  let now: Timestamp

  func text(_ phrase: Phrase) -> String { style.text(phrase, in: zone) }

  /// A word, and what there is to say about it.
  struct Row {
    let key: String
    let text: Phrase
    /// What is shown as a tree when the text gets too long.
    let tree: ConditionTree?
    /// The first line over the tree.
    let lead: Phrase?

    init(_ key: String, _ text: Phrase, tree: ConditionTree? = nil, lead: Phrase? = nil) {
      self.key = key
      self.text = text
      self.tree = tree
      self.lead = lead
    }
  }

  /// A row of the campaign, its key in a column of its own.
  func row(_ row: Row) -> [String] {
    lines(of: row, indent: 2, keyWidth: row.key.count > 8 ? 13 : 10)
  }

  /// A row of a step.
  func detail(_ row: Row) -> [String] { lines(of: row, indent: 6, keyWidth: 10) }

  private func lines(of row: Row, indent: Int, keyWidth: Int) -> [String] {
    let key = String(repeating: " ", count: indent) + row.key.padded(to: keyWidth)
    let whole = text(row.text)
    let isLong = key.count + whole.count > Page.width || style.isDetailed
    guard let tree = row.tree, let lead = row.lead, isLong, !tree.children.isEmpty else {
      return [colored(key + whole)]
    }
    let below = String(repeating: " ", count: indent + keyWidth)
    return [colored(key + text(lead))]
      + tree.childLines(style: style, in: zone).map { below + $0 }
  }

  /// Lines longer than this become trees.
  private static let width = 110

  private func colored(_ line: String) -> String {
    guard style.usesColor, style.usesSymbols else { return line }
    return line.map { character in
      switch character {
      case "✓": style.mark(true)
      case "✗": style.mark(false)
      default: String(character)
      }
    }.joined()
  }
}
