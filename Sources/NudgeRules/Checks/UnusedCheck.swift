/// Finds what nobody refers to.
struct UnusedCheck {
  let session: RuleSession
  let templates: TemplateSet?

  /// Reports metrics and templates; audiences are reported where they are read.
  func run() {
    for definition in session.definitions.models {
      for entry in definition.node["metrics"]?.entries ?? []
      where !session.usedMetrics.contains([definition.name, entry.key]) {
        session.collector.report(
          .unused,
          at: entry.place,
          "nothing refers to metric `\(entry.key)` of model `\(definition.name)`"
        )
      }
    }
    for (name, path) in templates?.paths ?? [] where !session.usedTemplates.contains(name) {
      session.collector.report(
        .unused,
        at: Place(path: path, line: 1, column: 1),
        "no step names template `\(name)`"
      )
    }
  }
}
