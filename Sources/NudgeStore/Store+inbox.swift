import GRDB
public import NudgeCore

/// What a person did with an in-app prompt.
public enum PromptAct: String, CaseIterable, Hashable, Sendable {
  /// It was shown; it stays in the inbox.
  case seen
  /// It was followed.
  case clicked
  /// It was put away.
  case dismissed
}

/// In-app prompts: deliveries of channels that nobody sends, since the product fetches them.
extension Store {
  /// The prompts that wait for a person, oldest first: neither followed, put away nor expired.
  public func prompts(
    for subject: SubjectID,
    in channels: [String],
    at now: Timestamp,
    limit: Int
  ) throws -> [StoredDelivery] {
    let open: SQL = "(state = 'pending' OR state = 'delivered' AND last_answer = 'seen')"
    return try prompts(
      "\(open) AND expires_at > \(now.millisecondsSinceEpoch)",
      for: subject,
      in: channels,
      limit: limit
    )
  }

  /// One prompt of a person, whatever has become of it; `nil` when there is none.
  public func prompt(
    _ id: String,
    for subject: SubjectID,
    in channels: [String]
  ) throws -> StoredDelivery? {
    try prompts("deliveries.id = \(id)", for: subject, in: channels, limit: 1).first
  }

  private func prompts(
    _ condition: SQL,
    for subject: SubjectID,
    in channels: [String],
    limit: Int
  ) throws -> [StoredDelivery] {
    let request: SQLRequest<Row> = """
      SELECT DISTINCT deliveries.* FROM decisions
      JOIN deliveries ON deliveries.id = ifnull(decisions.intervention, decisions.id)
      WHERE decisions.recipient = \(subject.description) AND deliveries.channel IN \(channels)
        AND (\(condition)) ORDER BY deliveries.sequence LIMIT \(limit)
      """
    return try read { try request.fetchAll($0) }.map { StoredDelivery($0) }
  }

  /// Keeps what a person did with a prompt; what was followed or put away stays so.
  public func note(_ act: PromptAct, on id: String, at now: Timestamp) async throws {
    try await writeOnce { database in
      try database.execute(
        sql: """
          UPDATE deliveries SET state = 'delivered', due = ?1, attempts = 1, last_answer = ?2
          WHERE id = ?3 AND (state = 'pending' OR state = 'delivered' AND last_answer = 'seen')
          """,
        arguments: [now.millisecondsSinceEpoch, act.rawValue, id]
      )
    }
  }

  /// Ends the prompts that have lost their meaning unseen.
  public func expirePrompts(in channels: [String], at now: Timestamp) async throws {
    guard !channels.isEmpty else { return }
    try await writeOnce { database in
      for channel in channels { try Store.expire(channel, now: now, database) }
    }
  }
}
