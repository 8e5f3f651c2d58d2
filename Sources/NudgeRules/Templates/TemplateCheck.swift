/// Looks at what templates ask for.
struct TemplateCheck {
  let sources: [TemplateSource]
  let collector: DiagnosticCollector

  /// The fields of interventions (`delivery.md`): the keys of `data`, and three more for short; then those of alerts and
  /// of decisions, which channels get too.
  private static let fields = [
    "user", "account", "progress", "data", "id", "campaign", "step", "occurrence", "variant",
    "channel", "subject", "to", "assignee", "template", "message", "group", "items", "nominal_at",
    "decided_at", "late_by", "expires_at", "rule_set", "sequence",
    "alert", "text", "since", "waiting", "dead", "last_answer", "outcome", "reason", "enrolment",
    "intervention", "at",
  ]
  private static let subjectFields = ["id", "type", "traits"]

  /// Reports everything.
  func run() {
    for source in sources {
      for tag in source.tags { check(tag, of: source) }
      reportCircle(from: source)
    }
  }

  private func check(_ tag: TemplateTag, of source: TemplateSource) {
    switch tag.kind {
    case .partial: checkPartial(tag, of: source)
    case .field, .section: if tag.depth == 0 { checkField(tag, of: source) }
    case .end, .block, .other: break
    }
  }

  private func checkPartial(_ tag: TemplateTag, of source: TemplateSource) {
    let names = sources.map(\.name)
    guard !names.contains(tag.name) else { return }
    collector.report(
      .missingTemplate,
      at: tag.place(in: source.path),
      "there is no template `\(tag.name)`",
      label: Suggestion.label(for: tag.name, among: names)
    )
  }

  private func checkField(_ tag: TemplateTag, of source: TemplateSource) {
    let path = tag.path
    guard let first = path.first, !first.isEmpty else { return }
    guard Self.fields.contains(first) else { return report(tag, first, among: Self.fields, source) }
    guard ["user", "account"].contains(first), path.count > 1,
      !Self.subjectFields.contains(path[1])
    else { return }
    report(tag, path[1], among: Self.subjectFields, source, under: first)
  }

  private func report(
    _ tag: TemplateTag,
    _ word: String,
    among known: [String],
    _ source: TemplateSource,
    under owner: String? = nil
  ) {
    let prefix = owner.map { "\($0)." } ?? ""
    let nearest = Suggestion.nearest(to: word, among: known)
    let advice =
      nearest.map { "did you mean `\(prefix)\($0)`?" }
      ?? (owner.map { "a trait is `\($0).traits.\(word)`" }
        ?? "fields begin with user, account, progress, data")
    collector.report(
      .templateField,
      at: tag.place(in: source.path),
      "no intervention has a field `\(tag.name)`",
      label: [advice]
    )
  }

  /// Reports a template that contains itself.
  private func reportCircle(from source: TemplateSource) {
    var path = [source.name]
    guard closes(source, &path, start: source.name) else { return }
    let circle = path.map { "`\($0)`" }.joined(separator: " → ")
    collector.report(
      .cycle,
      at: Place(path: source.path, line: 1, column: 1),
      "templates contain each other: \(circle)"
    )
  }

  private func closes(_ source: TemplateSource, _ path: inout [String], start: String) -> Bool {
    for tag in source.tags where tag.kind == .partial {
      if tag.name == start {
        path.append(start)
        return true
      }
      guard !path.contains(tag.name), let next = sources.first(where: { $0.name == tag.name })
      else { continue }
      path.append(tag.name)
      if closes(next, &path, start: start) { return true }
      path.removeLast()
    }
    return false
  }
}
