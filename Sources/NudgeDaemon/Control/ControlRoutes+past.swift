import NudgeCore
import NudgeRules
import NudgeStore
import NudgeWeb

extension ControlRoutes {
  /// What somebody's explanation or scores were: `/v1/users/ID/explain?at=TIME`, `/v1/users/ID/scores?name=…&at=…`.
  func past(
    of subject: SubjectID,
    _ question: String,
    _ query: [String: String]
  ) throws -> JSONValue? {
    try answering { answers in
      let style = TextStyle(query: query)
      return question == "scores"
        ? try answers.scores(of: subject, named: query["name"], at: query["at"], style: style)
        : try answers.explanation(
          of: subject,
          campaign: query["campaign"],
          at: query["at"],
          style: style
        )
    }
  }

  /// One decision in full: `GET /v1/decisions/ID`.
  func trace(_ id: String, _ query: [String: String]) throws -> ControlAnswer {
    let value = try answering { try $0.trace(id, style: TextStyle(query: query)) }
    return ControlAnswer(json: value.json.bytes)
  }

  private func answering<Value>(_ body: (PastAnswers) throws -> Value) throws -> Value {
    let daemon = assembly.daemon
    return try History(path: daemon.store.path).read { reader in
      try body(
        PastAnswers(
          reader,
          settings: daemon.settingsSource ?? .defaults(timezone: "UTC"),
          zones: daemon.zones,
          now: assembly.clock.now
        )
      )
    }
  }
}
