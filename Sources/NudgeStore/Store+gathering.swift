import GRDB
import NudgeCore

/// Interventions of one group wait here until their instant is over, and leave as one.
///
/// Whoever sends sees the whole alone: nothing of an instant can come once a later one has begun.
extension Store {
  /// Keeps an intervention until all others of its group and instant are there.
  func gather(_ intervention: Intervention, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO gathering (instant, id, decision, channel, subject, expires_at, payload)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      intervention.decidedAt.millisecondsSinceEpoch, intervention.group, intervention.id,
      intervention.channel, intervention.subject.description,
      intervention.expiresAt.millisecondsSinceEpoch,
      String(decoding: intervention.payload, as: UTF8.self),
    ])
  }

  /// Hands the groups of all instants up to one to their outboxes.
  func release(
    through instant: Timestamp,
    by engine: Engine,
    _ database: Database
  ) throws -> [Intervention] {
    let bound = instant.millisecondsSinceEpoch
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT * FROM gathering WHERE instant <= ? ORDER BY instant, id"
      ),
      arguments: [bound]
    )
    guard !rows.isEmpty else { return [] }
    let members = rows.compactMap(Intervention.init(gathered:))
    let groups = Dictionary(grouping: members) { $0.group ?? $0.id }
    let whole = members.map { $0.group ?? $0.id }.uniqued()
      .flatMap { Intervention.gathered(groups[$0] ?? [], by: engine.messages) }
    for intervention in whole { try keep(intervention, by: engine, database) }
    try database.execute(sql: "DELETE FROM gathering WHERE instant <= ?", arguments: [bound])
    return whole
  }

  /// When the first group is complete; `never` when nothing is gathered.
  func nextRelease(_ database: Database) throws -> Timestamp {
    let statement = try database.cachedStatement(sql: "SELECT min(instant) FROM gathering")
    let first = try Int64.fetchOne(statement).map(Timestamp.init(millisecondsSinceEpoch:))
    return first?.adding(milliseconds: 1) ?? .never
  }
}

extension Intervention {
  fileprivate init?(gathered row: Row) {
    guard let subject = SubjectID(row["subject"] as String) else { return nil }
    self.init(
      id: row["decision"],
      channel: row["channel"],
      subject: subject,
      decidedAt: Timestamp(millisecondsSinceEpoch: row["instant"]),
      expiresAt: Timestamp(millisecondsSinceEpoch: row["expires_at"]),
      payload: Array((row["payload"] as String).utf8),
      group: row["id"]
    )
  }
}

extension [String] {
  /// Each element once, in the order of first mention.
  fileprivate func uniqued() -> [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
