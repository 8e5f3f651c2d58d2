public import NudgeCore

/// A condition that is asked of people from outside of the rules, in each model in which it has a meaning.
public struct Question: Sendable {
  /// The condition in one model.
  public struct Reading: Hashable, Sendable {
    /// The place of the model in `RuleSet.models`.
    public let model: Int
    /// The condition; `nil` when nothing is asked.
    public let condition: Condition?
  }

  /// The rules that it is asked of.
  public let rules: RuleSet
  /// In the order of the models; empty when it has a meaning in none.
  public let readings: [Reading]
  /// What is wrong with it where it has no meaning, one a mistake.
  public let diagnostics: [Diagnostic]

  /// Reads a question in the models of rule files.
  ///
  /// Without a node nothing is asked; without a model's name it is read in all models of this kind. `nil` comes back
  /// when the rules have errors.
  public static func read(
    _ node: YAMLNode?,
    about kind: SubjectKind,
    model: String?,
    files: [SourceFile],
    settings: SettingsSource,
    zones: Set<String>
  ) -> Question? {
    var readings: [Reading] = []
    var found: [[Diagnostic]] = []
    let reading = RuleReader.read(files: files, settings: settings, zones: zones) { session in
      let models = session.models.filter { $0.subject == kind && (model ?? $0.name) == $0.name }
      if models.isEmpty { found.append([missing(model, kind, session)]) }
      for outline in models {
        let asked = ask(node, outline, session)
        if !asked.diagnostics.isEmpty { found.append(asked.diagnostics) }
        if let reading = asked.reading { readings.append(reading) }
      }
    }
    return reading.ruleSet.map {
      Question(rules: $0, readings: readings, diagnostics: readings.isEmpty ? nearest(found) : [])
    }
  }

  /// Of what is wrong in several models, that of the one which was most likely meant.
  private static func nearest(_ found: [[Diagnostic]]) -> [Diagnostic] {
    func isNear(_ diagnostics: [Diagnostic]) -> Bool {
      diagnostics.contains { $0.label.contains { $0.hasPrefix("did you mean") } }
    }
    return found.first(where: isNear) ?? found.min { $0.count < $1.count } ?? []
  }

  private static func ask(
    _ node: YAMLNode?,
    _ outline: ModelOutline,
    _ session: RuleSession
  ) -> (reading: Reading?, diagnostics: [Diagnostic]) {
    guard let node else { return (Reading(model: outline.index, condition: nil), []) }
    let collector = DiagnosticCollector()
    let own = RuleSession(
      collector: collector,
      definitions: session.definitions,
      zones: session.zones,
      keptDays: nil,
      templates: nil
    )
    own.series = session.series
    let scope = ConditionScope(
      title: "`--where` in model `\(outline.name)`",
      model: outline,
      subject: outline.subject,
      hasStart: true
    )
    let condition = ConditionReader(session: own, scope: scope).read(node, at: node.place)
    for series in own.series.series.dropFirst(session.series.series.count) {
      collector.report(
        .unknownName,
        at: node.place,
        "no rule counts `\(series.event)` in this way, so nothing is known of it",
        label: ["ask for what a milestone, metric or campaign asks for"]
      )
    }
    guard let condition, !collector.hasErrors else { return (nil, collector.diagnostics) }
    return (Reading(model: outline.index, condition: condition), [])
  }

  private static func missing(
    _ model: String?,
    _ kind: SubjectKind,
    _ session: RuleSession
  ) -> Diagnostic {
    let known = session.models.filter { $0.subject == kind }.map(\.name)
    let noun = kind == .account ? "accounts" : "users"
    let name = model.map { "model `\($0)`" } ?? "model"
    return Diagnostic(
      .unknownName,
      at: Place(path: "--model", line: 1, column: 1),
      "there is no \(name) about \(noun)",
      label: Suggestion.label(for: model ?? "", among: known),
      help: [known.isEmpty ? "there is none" : "there are: \(known.joined(separator: " · "))"]
    )
  }
}
