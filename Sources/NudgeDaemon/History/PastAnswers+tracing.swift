public import NudgeCore
import NudgeRules
import NudgeStore

extension PastAnswers {
  /// One decision in full: what was decided, the rule as it then was, what it rested on, what caused it, and what
  /// became of it.
  ///
  /// - Throws: ``Failure`` for an id that names no decision.
  public func trace(_ id: String, style: TextStyle) throws -> JSONValue {
    guard let record = try reader.decision(id) else {
      throw Failure.unknown(
        "no decision has the id \(id); `nudged explain PERSON` lists those of a person"
      )
    }
    let household = try reader.household(of: record.decision.subject)
    // The event that came at the instant of the decision; none when its time had come.
    let cause = try reader.event(of: household, at: record.decision.at)
    let trace = DecisionTrace(
      record: record,
      rule: try record.ruleSet.flatMap { try rule(of: record.decision, in: $0) },
      cause: cause,
      inputs: try inputs(of: record.decision, household, isTimed: cause == nil)
    )
    return .object([
      .init("trace", trace.json),
      .init("text", .string(trace.text(style))),
    ])
  }

  private func rule(of decision: Decision, in stored: DeployedRuleSet) throws -> RuleExcerpt? {
    RuleExcerpt(decision, in: StoredRules.files(in: stored.source))
  }

  /// How everything stood when the decision was made, as far as it can be decided again.
  private func inputs(
    of decision: Decision,
    _ household: Household,
    isTimed: Bool
  ) throws -> DecisionInputs? {
    // What time brought about is shown as it stood before: afterwards the step is over.
    let end = isTimed ? decision.at.adding(milliseconds: -1) : decision.at
    guard let past = try rebuilt(household, through: end),
      let world = try past.store.world(around: decision.subject, for: past.engine, at: decision.at)
    else { return nil }
    return DecisionInputs(
      explanation: past.engine.explanation(
        of: decision.subject,
        campaign: decision.campaign,
        in: world,
        decisions: try past.store.decisions(of: decision.subject),
        now: decision.at,
        gitCommit: past.ruleSet.gitCommit
      ),
      cards: past.engine.progress(of: decision.subject, in: world, now: decision.at)
    )
  }
}

/// What a decision rested on.
struct DecisionInputs {
  let explanation: Explanation
  let cards: [ProgressCard]
}

/// The lines of a rule file that planned a step.
struct RuleExcerpt {
  /// A line with its number, counted from 1.
  struct Line {
    let number: Int
    let text: String
  }

  let path: String
  /// The campaign without its steps, then the step.
  let lines: [Line]

  /// The lines of a decision's campaign and step; `nil` when no file has them.
  init?(_ decision: Decision, in files: [SourceFile]) {
    for file in files {
      guard let tree = YAMLReader.read(file, into: DiagnosticCollector()),
        let entries = tree["campaigns"]?.entries,
        let place = entries.firstIndex(where: { $0.key == decision.campaign })
      else { continue }
      let lines = file.lines
      let campaign = entries[place]
      let end = Self.end(after: campaign.place, in: lines)
      path = file.path
      self.lines = Self.excerpt(campaign, decision.step, lines, through: end)
      return
    }
    return nil
  }

  private static func excerpt(
    _ campaign: YAMLEntry,
    _ step: String,
    _ lines: [String],
    through end: Int
  ) -> [Line] {
    let steps = campaign.value["steps"]?.elements ?? []
    let begin = steps.first?.place.line ?? end + 1
    let head = Array(campaign.place.line..<max(begin, campaign.place.line + 1))
    guard let place = steps.firstIndex(where: { $0["name"]?.text == step }) else {
      return numbered(head, lines)
    }
    let next = place + 1 < steps.count ? steps[place + 1].place.line - 1 : end
    let first = steps[place].place.line
    return numbered(head + Array(first...max(first, next)), lines)
  }

  private static func numbered(_ numbers: [Int], _ lines: [String]) -> [Line] {
    numbers.filter { $0 <= lines.count }.map { Line(number: $0, text: lines[$0 - 1]) }
      .filter { !$0.text.allSatisfy(\.isWhitespace) }
  }

  /// The last line of what a key introduces: everything below it that is indented more.
  private static func end(after place: Place, in lines: [String]) -> Int {
    var last = place.line
    for number in (place.line + 1)..<(lines.count + 1) where number <= lines.count {
      let line = lines[number - 1]
      let indent = line.prefix { $0 == " " }.count
      if indent == line.count || line.dropFirst(indent).hasPrefix("#") { continue }
      guard indent >= place.column else { break }
      last = number
    }
    return last
  }
}
