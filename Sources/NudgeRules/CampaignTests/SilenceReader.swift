import NudgeCore

/// Reads a silence of a test.
struct SilenceReader {
  let collector: DiagnosticCollector
  let times: TestTime

  /// The silence that begins at an instant; `nil` and reported when it cannot be.
  func silence(_ given: MapReader, at: Timestamp) -> TestSilence? {
    guard let map = given.map("silence") else { return nil }
    let subject = subject(map)
    guard let until = end(map, at: at) else { return nil }
    return TestSilence(
      campaign: map.name("campaign"),
      channel: map.name("channel"),
      subject: subject,
      until: until,
      comment: map.text("comment") ?? "test"
    )
  }

  private func subject(_ map: MapReader) -> SubjectID? {
    if map.has("user"), map.has("account") {
      map.report(
        .misplacedKey,
        at: "account",
        "`silence` names a user and an account",
        label: ["keep one of them"]
      )
    }
    return map.text("user").map(SubjectID.user) ?? map.text("account").map(SubjectID.account)
  }

  private func end(_ map: MapReader, at: Timestamp) -> Timestamp? {
    guard map.has("for") != map.has("until") else {
      map.report(
        .missingKey,
        at: "until",
        "`silence` needs an end, by `for` or by `until`",
        label: ["write one of them, like `for: 48h`"]
      )
      return nil
    }
    return map.has("for")
      ? map.clockSpan("for").map { at + $0 } : map.parsed("until", times.instant)
  }
}
