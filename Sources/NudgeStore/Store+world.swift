import GRDB
public import NudgeCore

extension Store {
  /// The memories that looking at a subject needs; `nil` for a subject never seen.
  public func world(
    around subject: SubjectID,
    for engine: Engine,
    at now: Timestamp
  ) throws
    -> World?
  {
    let ledger = try read { try FactLedger(engine.rules, $0) }
    return try world(around: subject, for: engine, at: now, ledger)
  }

  func world(
    around subject: SubjectID,
    for engine: Engine,
    at now: Timestamp,
    _ ledger: FactLedger
  ) throws -> World? {
    try read { database -> World? in
      func memory(of subject: SubjectID) throws -> Memory? {
        try Store.memory(of: subject, rules: engine.rules, ledger, database)
      }
      guard let own = try memory(of: subject) else { return nil }
      var world = World([subject: own])
      while true {
        let missing = engine.missing(for: .timer(subject, at: now), in: world)
        if missing.isEmpty { return world }
        for other in missing {
          world.memories[other] = try memory(of: other) ?? Memory(subject: other)
        }
      }
    }
  }

  /// The ids of a kind of subject, in the order in which they were first seen.
  public func subjects(of kind: SubjectKind) throws -> [SubjectID] {
    try read { database in
      try String.fetchAll(
        database,
        sql: "SELECT subject FROM subjects WHERE kind = ? ORDER BY id",
        arguments: [kind.rawValue]
      )
    }
    .map { SubjectID(kind: kind, id: $0) }
  }
}
