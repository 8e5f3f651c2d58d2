import NudgeCore

/// Reads what must follow in a test.
struct ExpectationReader {
  let collector: DiagnosticCollector
  let times: TestTime

  /// What `expect` says; `nil` and reported when it says nothing.
  func expectation(_ test: MapReader) -> Expectation? {
    guard let map = test.map("expect") else { return nil }
    if map.entries.isEmpty {
      map.report(
        .missingKey,
        at: "sent",
        "`expect` expects nothing",
        label: ["write `sent: []` if nothing may go out"]
      )
    }
    return Expectation(
      sent: map.entry("sent").map { entry in
        Expectation.SentList(
          place: entry.place,
          items: elements(of: entry).compactMap(sent)
        )
      },
      absences: map.entry("not_sent").map(elements)?.compactMap(absence) ?? [],
      states: map.entry("state").map(elements)?.compactMap(state) ?? []
    )
  }

  /// The elements of a list that may be empty.
  private func elements(of entry: YAMLEntry) -> [YAMLNode] {
    entry.value.elements?.isEmpty == true ? [] : collector.elements(of: entry) ?? []
  }

  // MARK: What goes out

  private func sent(_ node: YAMLNode) -> Expectation.Sent? {
    guard let map = MapReader(node, as: .sentExpectation, collector: collector) else { return nil }
    let late = map.parsed("late_by", ScalarForm.clockMilliseconds)
    guard let at = map.parsed("at", times.instant), let sending = sending(map) else { return nil }
    return Expectation.Sent(
      place: node.place,
      at: at,
      atText: map.text("at") ?? "",
      sending: sending,
      channel: map.text("channel"),
      lateByMilliseconds: late,
      variant: map.text("variant")
    )
  }

  private func absence(_ node: YAMLNode) -> Expectation.Absence? {
    guard let map = MapReader(node, as: .absenceExpectation, collector: collector) else {
      return nil
    }
    let at = map.parsed("at", times.instant)
    let because = map.parsed("because", reason)
    guard let sending = sending(map) else { return nil }
    return Expectation.Absence(place: node.place, at: at, sending: sending, because: because)
  }

  private func sending(_ map: MapReader) -> Expectation.Sending? {
    guard let campaign = map.text("campaign"), let step = map.text("step") else { return nil }
    return Expectation.Sending(
      campaign: campaign,
      step: step,
      to: map.text("to").map(Whom.init),
      about: map.text("about").map(Whom.init)
    )
  }

  private func reason(_ scalar: ScalarText) throws(Misreading) -> ScalarText {
    let codes = ReasonCode.allCases.map(\.rawValue).filter { $0 != "sent" && $0 != "finished" }
    if codes.contains(scalar.text) && scalar.text != "left.NAME" { return scalar }
    if ReasonCode(code: scalar.text) == .leftByName, scalar.text != "left.NAME" { return scalar }
    let nearest = Suggestion.label(for: scalar.text, among: codes)
    throw Misreading(
      .wrongValue,
      "`\(scalar.text)` is no reason for not sending",
      label: nearest.isEmpty ? ["write one of: \(codes.joined(separator: " · "))"] : nearest
    )
  }

  // MARK: Where somebody stands

  private func state(_ node: YAMLNode) -> StateExpectation? {
    guard let map = MapReader(node, as: .stateExpectation, collector: collector) else { return nil }
    let at = map.parsed("at", times.instant)
    let model = map.parsed("model", ScalarText.itself)
    let facts = facts(map)
    guard let subject = subject(map), let at else { return nil }
    return StateExpectation(place: node.place, at: at, subject: subject, model: model, facts: facts)
  }

  private func subject(_ map: MapReader) -> SubjectID? {
    guard map.has("user") != map.has("account") else {
      map.report(
        .missingKey,
        at: "account",
        "\(map.title) says not whose state it is",
        label: ["write either `user: ID` or `account: ID`"]
      )
      return nil
    }
    return map.text("user").map(SubjectID.user) ?? map.text("account").map(SubjectID.account)
  }

  private func facts(_ map: MapReader) -> [StateExpectation.Fact] {
    map.entries.flatMap { entry in
      questions(entry, map).map { StateExpectation.Fact(place: entry.place, question: $0) }
    }
  }

  private func questions(_ entry: YAMLEntry, _ map: MapReader) -> [StateExpectation.Question] {
    switch entry.key {
    case "day":
      ValueReader(collector: collector).numberTest(entry).map { [.day($0)] } ?? []
    case "milestones": [.milestones(names(entry))]
    case "activated": map.flag("activated").map { [.activated($0)] } ?? []
    case "score": tests(entry).map { .score(name: $0, $1) }
    case "metric": tests(entry).map { .metric(name: $0, $1) }
    case "pace": map.text("pace").map { [.pace($0)] } ?? []
    case "health": map.text("health").map { [.health($0)] } ?? []
    case "segment": map.text("segment").map { [.segment($0)] } ?? []
    case "inside": [.inside(names(entry))]
    default: []
    }
  }

  private func names(_ entry: YAMLEntry) -> [ScalarText] {
    elements(of: entry).compactMap { collector.parsed($0, of: entry, ScalarText.itself) }
  }

  private func tests(_ entry: YAMLEntry) -> [(String, NumberTest)] {
    let entries = collector.entries(of: entry.value, write: ValueKind.namedNumberTests.advice) ?? []
    return entries.compactMap { entry in
      ValueReader(collector: collector).numberTest(entry).map { (entry.key, $0) }
    }
  }
}
