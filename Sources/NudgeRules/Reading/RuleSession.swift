import NudgeCore

/// What all readers of one set of files share.
///
/// A class, since the table of series and the list of uses grow while conditions inside conditions are
/// read; it stays within one call of `RuleReader.read`.
final class RuleSession {
  let collector: DiagnosticCollector
  let definitions: Definitions
  let models: [ModelOutline]
  /// The names of the known zones; `nil`: zones are not checked.
  let zones: Set<String>?
  /// How many days events are kept; `nil`: not known.
  let keptDays: Int?
  /// The names of the templates; `nil`: there is no folder of them.
  let templates: [String]?
  var series = SeriesTable()
  var usedAudiences: Set<String> = []
  var usedMetrics: Set<[String]> = []
  var usedTemplates: Set<String> = []

  init(
    collector: DiagnosticCollector,
    definitions: Definitions,
    zones: Set<String>?,
    keptDays: Int?,
    templates: [String]?
  ) {
    self.collector = collector
    self.definitions = definitions
    self.models = definitions.models.enumerated().map { ModelOutline($1, index: $0) }
    self.zones = zones
    self.keptDays = keptDays
    self.templates = templates
  }

  /// The model of this name.
  func model(_ name: String) -> ModelOutline? {
    models.first { $0.name == name }
  }

  /// Reports a name that nothing has, unless it may stand in a file that could not be read.
  func reportUnknown(
    _ noun: String,
    _ name: String,
    at place: Place,
    in owner: String,
    among known: [String],
    isGlobal: Bool = false
  ) {
    guard !isGlobal || definitions.isComplete else { return }
    let nearest = Suggestion.label(for: name, among: known)
    let list =
      known.isEmpty ? "there is no \(noun)" : "there are: \(known.joined(separator: " · "))"
    collector.report(
      .unknownName,
      at: place,
      "unknown \(noun) `\(name)` in \(owner)",
      label: nearest,
      help: [list]
    )
  }

  /// Reads a zone's name.
  func zone(_ map: MapReader, _ key: String) -> String? {
    guard let name = map.text(key), let zones, !zones.contains(name) else { return map.text(key) }
    let place = map.node(key)?.place ?? map.place
    let nearest = Suggestion.label(for: name, among: zones.sorted())
    collector.report(
      .unknownName,
      at: place,
      "unknown time zone `\(name)` in \(map.title)",
      label: nearest.isEmpty ? ["write \(ValueKind.zone.advice)"] : nearest
    )
    return nil
  }

  /// Notes that a template is used, and reports it when the folder does not hold it.
  func noteTemplate(_ name: String, at place: Place, in owner: String) {
    usedTemplates.insert(name)
    guard let templates, !templates.contains(name) else { return }
    let nearest = Suggestion.label(for: name, among: templates)
    collector.report(
      .missingTemplate,
      at: place,
      "there is no template `\(name)` for \(owner)",
      label: nearest.isEmpty ? ["add `\(name).md` to the folder of templates"] : nearest
    )
  }
}
