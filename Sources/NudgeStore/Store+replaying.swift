import GRDB
public import NudgeCore

/// One long transaction in which many stimuli are decided, as `Store` decides them one transaction each.
///
/// For rebuilding: nothing of it is durable before the end. It is used inside `Store.replaying` alone.
public struct ReplayTransaction {
  fileprivate let store: Store
  fileprivate let database: Database
  fileprivate let desk: Desk

  /// Decides what is due by an instant, then takes events in at it.
  public func process(_ events: [Event], at now: Timestamp, by engine: Engine) throws {
    var hasMoreDue = true
    while hasMoreDue {
      hasMoreDue =
        try store.process(events, [], at: now, by: engine, database, desk).hasMoreDue
    }
  }

  /// Decides at `start` whatever became due while nothing ran.
  public func catchUp(at start: Timestamp, by engine: Engine) throws {
    _ = try store.catchUp(at: start, by: engine, database, desk)
  }

  /// Makes a rule set the one that decides; tells what is known of all deploys so far.
  public func deploy(
    _ rules: RuleIndex,
    as stored: DeployedRuleSet,
    at now: Timestamp,
    zones: ZoneTable
  ) throws -> Deployments {
    let texts = RuleTexts(
      source: stored.source,
      context: stored.context,
      gitCommit: stored.gitCommit
    )
    try store.deploy(rules, texts, at: now, zones, database, desk)
    return try Store.deployed(database)
  }

  /// Does what an operator did about silences; tells which hold from then on.
  public func silence(_ act: SilenceAct, at now: Timestamp, by engine: Engine?) throws -> [Silence]
  {
    if let engine { try store.wakeThoseFreed(by: act, at: now, engine.rules, database, desk) }
    try store.note(act, at: now, database)
    return try Store.silences(at: now, database)
  }

  /// Notes an act that changes nothing here.
  public func note(_ act: Act) throws {
    try database.execute(
      sql: "INSERT INTO acts (at, kind, detail) VALUES (?, ?, ?)",
      arguments: [act.at.millisecondsSinceEpoch, act.kind, act.detail]
    )
  }

  /// The memories that looking at a subject needs, as they are now.
  public func world(
    around subject: SubjectID,
    for engine: Engine,
    at now: Timestamp
  ) throws -> World {
    desk.use(engine.rules)
    while true {
      let missing = engine.missing(for: .timer(subject, at: now), in: desk.world)
      if missing.isEmpty { return desk.world }
      try desk.load(missing, engine.rules, database)
    }
  }
}

extension Store {
  /// Decides many stimuli in one transaction.
  public func replaying<Value>(_ body: (ReplayTransaction) throws -> Value) throws -> Value {
    try write { database, desk in
      try body(ReplayTransaction(store: self, database: database, desk: desk))
    }
  }
}
