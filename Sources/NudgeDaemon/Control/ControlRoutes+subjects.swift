import NudgeCore
import NudgeRules
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  /// The routes about one person or account: `/v1/users/ID[/progress|/decisions|/explain|/scores]`.
  func person(_ parts: [String], _ query: [String: String]) throws -> ControlAnswer {
    guard let subject = subject(parts) else {
      return .failure(404, code: "not-found", message: "there is no such route")
    }
    let answers = SubjectAnswers(
      store: assembly.store,
      engine: assembly.loop.current,
      now: assembly.clock.now
    )
    let value = try answer(Array(parts.dropFirst(3)), subject, answers, query)
    guard let value else {
      return .failure(
        404,
        code: "unknown-subject",
        message: "nothing is known of \(subject); ids are case-sensitive"
      )
    }
    return ControlAnswer(json: value.json.bytes)
  }

  private func subject(_ parts: [String]) -> SubjectID? {
    guard parts.count >= 3, parts[0] == "v1", !parts[2].isEmpty else { return nil }
    switch parts[1] {
    case "users": return .user(parts[2])
    case "accounts": return .account(parts[2])
    default: return nil
    }
  }

  private func answer(
    _ rest: [String],
    _ subject: SubjectID,
    _ answers: SubjectAnswers,
    _ query: [String: String]
  ) throws -> JSONValue? {
    let style = TextStyle(query: query)
    if rest == ["scores"] || (rest == ["explain"] && query["at"] != nil) {
      return try past(of: subject, rest[0], query)
    }
    if let name = query["campaign"], !campaigns.contains(name) { throw unknownCampaign(name) }
    switch rest {
    case []: return try answers.card(of: subject, style: style)
    case ["progress"]: return try answers.progress(of: subject)
    case ["explain"]:
      return try answers.explanation(
        of: subject,
        campaign: query["campaign"],
        gitCommit: try assembly.store.currentRuleSet()?.gitCommit,
        style: style
      )
    case ["decisions"]: return try answers.decisions(of: subject)
    default: return nil
    }
  }
}

extension ControlRoutes {
  /// Somebody asks for a campaign that the rules do not have.
  struct UnknownCampaign: Error, CustomStringConvertible {
    let name: String
    /// All that there are.
    let known: [String]

    var description: String {
      let nearest = Suggestion.nearest(to: name, among: known).map { ", did you mean \($0)?" }
      let all = known.isEmpty ? "; there is none" : "; there are: \(known.joined(separator: " · "))"
      return "no campaign is called \(name)\(nearest ?? all)"
    }
  }

  /// The error that names those that there are.
  func unknownCampaign(_ name: String) -> UnknownCampaign {
    UnknownCampaign(name: name, known: campaigns.sorted())
  }

  private var campaigns: [String] { assembly.loop.current.rules.set.campaigns.map(\.name) }
}

extension TextStyle {
  /// The style that a command asks for: `symbols=ascii`, `color=1`.
  init(query: [String: String]) {
    self.init(
      zone: query["utc"] == "1" ? .utc : nil,
      usesSymbols: query["symbols"] != "ascii",
      usesColor: query["color"] == "1"
    )
  }
}
