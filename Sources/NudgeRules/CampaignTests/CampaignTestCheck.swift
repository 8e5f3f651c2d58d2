import NudgeCore

/// Checks that the names in a test are those of its rules, so that no expectation passes by a slip of the pen.
struct CampaignTestCheck {
  let collector: DiagnosticCollector
  let ruleSets: [RuleSet]

  func check(_ test: CampaignTest) {
    for variant in test.timeline.variants { checkVariant(variant) }
    for item in test.expectation.sent?.items ?? [] { check(item.sending, at: item.place) }
    for item in test.expectation.absences { check(item) }
    for state in test.expectation.states { check(state) }
  }

  // MARK: Steps

  private func check(_ sending: Expectation.Sending, at place: Place) {
    let campaigns = ruleSets.flatMap(\.campaigns)
    let named = campaigns.filter { $0.name == sending.campaign }
    guard !named.isEmpty else {
      return unknown("campaign", sending.campaign, at: place, among: campaigns.map(\.name))
    }
    let steps = named.flatMap(\.steps).map(\.name)
    if !steps.contains(sending.step) {
      let owner = " in campaign `\(sending.campaign)`"
      unknown("step", sending.step, in: owner, at: place, among: steps)
    }
  }

  private func check(_ absence: Expectation.Absence) {
    check(absence.sending, at: absence.place)
    guard let because = absence.because, ReasonCode(code: because.text) == .leftByName else {
      return
    }
    let exits = ruleSets.flatMap(\.campaigns).filter { $0.name == absence.sending.campaign }
      .flatMap(\.leaveWhen).map { "left.\($0.name)" }
    if !exits.contains(because.text) {
      unknown(
        "way out",
        because.text,
        at: because.place,
        among: exits + ["left.while-ended", "left.unsubscribed"]
      )
    }
  }

  private func checkVariant(_ variant: ScalarText) {
    let known = ruleSets.flatMap(\.campaigns).flatMap(\.steps).flatMap(\.variants).map(\.name)
    if !known.contains(variant.text) {
      unknown("variant", variant.text, at: variant.place, among: known)
    }
  }

  // MARK: States

  private func check(_ state: StateExpectation) {
    let models = ruleSets.flatMap(\.models).filter { $0.subject == state.subject.kind }
    let named = models.filter { $0.name == state.model?.text ?? $0.name }
    guard !named.isEmpty else {
      let noun = "model about \(state.subject.kind.rawValue)s"
      let place = state.model?.place ?? state.place
      return unknown(noun, state.model?.text ?? "", at: place, among: models.map(\.name))
    }
    if Set(named.map(\.name)).count > 1 {
      collector.report(
        .missingKey,
        at: state.place,
        "several models are about \(state.subject.kind.rawValue)s",
        label: ["say which: `model: \(named[0].name)`"]
      )
    }
    for fact in state.facts { check(fact, named) }
  }

  private func check(_ fact: StateExpectation.Fact, _ models: [Model]) {
    switch fact.question {
    case .day, .activated: break
    case .milestones(let names):
      for name in names {
        check("milestone", name.text, at: name.place, models.flatMap(\.milestones).map(\.name))
      }
    case .score(let name, _):
      check("score", name, at: fact.place, models.flatMap(\.scores).map(\.name))
    case .metric(let name, _):
      check("metric", name, at: fact.place, models.flatMap(\.metrics).map(\.name))
    case .pace(let name):
      check("pace", name, at: fact.place, models.flatMap(\.pace).map(\.name) + ["pending"])
    case .health(let name):
      check("health", name, at: fact.place, models.flatMap(\.health).map(\.name))
    case .segment(let name):
      check("segment", name, at: fact.place, models.flatMap(\.segments).map(\.name))
    case .inside(let names):
      let known = ruleSets.flatMap(\.campaigns).map(\.name)
      for name in names { check("campaign", name.text, at: name.place, known) }
    }
  }

  private func check(_ noun: String, _ name: String, at place: Place, _ known: [String]) {
    if !known.contains(name) { unknown(noun, name, at: place, among: known) }
  }

  private func unknown(
    _ noun: String,
    _ name: String,
    in owner: String = "",
    at place: Place,
    among known: [String]
  ) {
    var seen: Set<String> = []
    let names = known.filter { seen.insert($0).inserted }
    collector.report(
      .unknownName,
      at: place,
      name.isEmpty ? "there is no \(noun)" : "unknown \(noun) `\(name)`\(owner)",
      label: Suggestion.label(for: name, among: names),
      help: [
        names.isEmpty
          ? "there is none in the rules" : "there are: \(names.joined(separator: " · "))"
      ]
    )
  }
}
