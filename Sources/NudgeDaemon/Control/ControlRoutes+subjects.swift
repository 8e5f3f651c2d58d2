import NudgeCore
import NudgeRules
import NudgeStore
import NudgeWeb

/// The routes about one person or account: `/v1/users/ID[/progress|/decisions|/explain|/scores|/export]`.
extension ControlRoutes {
  /// What is asked about a subject.
  ///
  /// - Throws: ``UnknownSubject``, ``UnknownCampaign``.
  func about(_ subject: SubjectID, _ call: RouteCall) throws -> ControlAnswer {
    if let name = call.query["campaign"], call.query["at"] == nil, !campaigns.contains(name) {
      throw unknownCampaign(name)
    }
    guard let value = try answer(about: subject, call) else {
      throw UnknownSubject(subject: subject)
    }
    return ControlAnswer(json: value.json.bytes)
  }

  private func answer(about subject: SubjectID, _ call: RouteCall) throws -> JSONValue? {
    let (query, style) = (call.query, TextStyle(query: call.query))
    switch call.route {
    case .user, .account: return try answers.card(of: subject, style: style)
    case .userProgress, .accountProgress: return try answers.checklists(of: subject)
    case .userDecisions, .accountDecisions: return try decisions(of: subject, query)
    case .userScores, .accountScores: return try past(of: subject, "scores", query)
    case .userExplanation, .accountExplanation:
      if query["at"] != nil { return try past(of: subject, "explain", query) }
      return try answers.explanation(
        of: subject,
        campaign: query["campaign"],
        gitCommit: try assembly.store.currentRuleSet()?.gitCommit,
        style: style
      )
    case .userExport: return try export(of: subject, query)
    default: return nil
    }
  }

  private var answers: SubjectAnswers {
    SubjectAnswers(store: assembly.store, engine: assembly.loop.current, now: assembly.clock.now)
  }

  /// A page of somebody's decisions; `nil` for one never seen.
  private func decisions(of subject: SubjectID, _ query: [String: String]) throws -> JSONValue? {
    let limit = query["limit"].flatMap { Int($0) } ?? RouteLimits.decisionsPerPage
    let found = try assembly.store.decisions(
      of: subject,
      campaign: query["campaign"],
      after: query["after"].flatMap { Int64($0) } ?? 0,
      limit: limit
    )
    return found.map { found in
      .object([
        .init("decisions", .array(found.map(\.decision.json))),
        .init("next", .cursor(found.count == limit ? found.last?.sequence : nil)),
      ])
    }
  }

  /// Everything that is kept about somebody; of the events a page.
  private func export(of subject: SubjectID, _ query: [String: String]) throws -> JSONValue? {
    guard case .object(let card) = try answers.card(of: subject, style: TextStyle()) else {
      return nil
    }
    let limit = query["limit"].flatMap { Int($0) } ?? RouteLimits.eventsPerPage
    let after = query["after"].flatMap { Int64($0) } ?? 0
    return try History(path: assembly.store.path).read { reader in
      let events = try reader.events(of: subject, after: after, limit: limit)
      let deliveries = try reader.deliveries(of: subject, limit: RouteLimits.deliveriesPerPage)
      return .object(
        card.filter { $0.key != "text" } + [
          .init("decisions", try answers.decisions(of: subject)),
          .init("deliveries", .array(deliveries.map(\.jsonWithPayload))),
          .init("events", .array(events.map(\.json))),
          .init("next", .cursor(events.count == limit ? events.last?.sequence : nil)),
        ]
      )
    }
  }
}

extension JSONValue {
  /// Where the next page begins; null after the last one.
  static func cursor(_ sequence: Int64?) -> JSONValue { sequence.map { .whole(Int($0)) } ?? .null }
}

extension ControlRoutes {
  /// Somebody asks for one who was never seen.
  struct UnknownSubject: Error, CustomStringConvertible {
    let subject: SubjectID

    var description: String {
      // An id may be as long as a head.
      "nothing is known of \(subject.description.prefix(200)); ids are case-sensitive"
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
