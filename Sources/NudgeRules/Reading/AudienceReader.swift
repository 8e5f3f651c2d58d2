import NudgeCore

/// Reads audiences: each where it is referred to, in the model at hand (`semantics.md`, ruling 107).
struct AudienceReader {
  let session: RuleSession

  /// The condition of an audience, read in a scope.
  func condition(_ definition: Definition, in scope: ConditionScope) -> Condition? {
    guard
      let map = MapReader(
        definition.node,
        as: .audience,
        title: definition.title,
        at: definition.place,
        collector: session.collector
      )
    else { return nil }
    _ = map.text("description")
    return ConditionReader(session: session, scope: scope).condition(in: map)
  }

  /// Reads the audiences that nobody refers to, so that their mistakes are seen too.
  func readUnused() {
    let unused = session.definitions.audiences.filter { !session.usedAudiences.contains($0.name) }
    for definition in unused {
      var scope = ConditionScope.outside(definition.title, subject: nil)
      scope.isLenient = true
      scope.hasStart = true
      scope.audiences = [definition.name]
      _ = condition(definition, in: scope)
      session.collector.report(
        .unused,
        at: definition.place,
        "nothing refers to \(definition.title)"
      )
    }
  }
}
