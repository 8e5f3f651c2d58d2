import GRDB
import NudgeCore

/// Which messages the log has: those of the table `message_ids`, and in here those after its cursor.
///
/// Ids are random, and to write a row for each at once would change a page for each. So they wait here and reach the table by
/// the ten thousand in the order of its pages, a part in each transaction. What waited in a process that is gone is read from
/// the log again. A class without a lock: only the writing queue touches it.
final class MessageIndex {
  private typealias Entry = (key: MessageKey, event: Int64)

  private let limit: Int
  /// What came last, with its place in the log.
  private var fresh: [MessageKey: Int64] = [:]
  /// What came before that, on its way into the table.
  private var closed: [MessageKey: Int64] = [:]
  /// What of it is not in the table yet, in the table's order.
  private var waiting: ArraySlice<Entry> = []

  /// Reads what the log has after the cursor; `limit` is how many messages go into the table together.
  init(_ database: Database, limit: Int) throws {
    self.limit = limit
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT message_id, sequence FROM events
        WHERE sequence > (SELECT through FROM message_index) ORDER BY sequence
        """
    )
    while let row = try rows.next() { note(row[0], at: row[1]) }
  }

  /// Whether the log has a message.
  func has(_ id: String, _ statements: EventStatements) throws -> Bool {
    let key = MessageKey(text: id)
    if fresh[key] != nil || closed[key] != nil { return true }
    return try statements.findMessage.hasRow { $0.add(id) }
  }

  /// Takes note of a message that the log has from now on.
  func note(_ id: String, at event: Int64) {
    fresh[MessageKey(text: id)] = event
  }

  /// Writes some of what waits: more than a transaction brings, so that it comes to an end.
  func settle(after events: Int, _ statements: EventStatements, _ database: Database) throws {
    if closed.isEmpty, fresh.count >= limit { close() }
    guard !closed.isEmpty else { return }
    for entry in waiting.prefix(2 * events) {
      try statements.indexMessage.run {
        $0.add(entry.key.text)
        $0.add(entry.event)
      }
    }
    waiting = waiting.dropFirst(2 * events)
    if waiting.isEmpty { try finish(database) }
  }

  private func close() {
    closed = fresh
    fresh = [:]
    waiting = closed.map { ($0.key, $0.value) }.sorted { $0.key.text < $1.key.text }[...]
  }

  private func finish(_ database: Database) throws {
    try database.cachedStatement(sql: "UPDATE message_index SET through = ?")
      .execute(arguments: [closed.values.max()])
    closed = [:]
  }
}

/// The id of a message, equal to another when its bytes are: SQLite compares so, and Swift does not.
private struct MessageKey: Hashable {
  let text: String

  static func == (left: MessageKey, right: MessageKey) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
