import Foundation
import GRDB
public import NudgeCore

extension Desk {
  /// Reads memories that are not warm; one who was never seen gets an empty one.
  func load(_ subjects: [SubjectID], _ rules: RuleIndex, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "SELECT id, memory, due FROM subjects WHERE kind = ? AND subject = ?"
    )
    for subject in subjects {
      statement.setUncheckedArguments([subject.kind.rawValue, subject.id])
      guard let row = try Row.fetchOne(statement) else {
        world.memories[subject] = Memory(subject: subject)
        continue
      }
      let memory = try Memory(subject, from: [UInt8](row["memory"] as Data), for: rules)
      world.memories[subject] = memory
      places[subject] = Place(
        row: row["id"],
        due: Timestamp(millisecondsSinceEpoch: row["due"])
      )
    }
  }

  /// The row of a subject; made when there is none yet.
  func row(of subject: SubjectID, _ database: Database) throws -> Int64 {
    if let place = places[subject] { return place.row }
    try database.cachedStatement(
      sql: "INSERT INTO subjects (kind, subject, memory, due) VALUES (?, ?, x'', ?)"
    ).execute(arguments: [
      subject.kind.rawValue, subject.id, Timestamp.never.millisecondsSinceEpoch,
    ])
    let row = database.lastInsertedRowID
    places[subject] = Place(row: row, due: .never)
    return row
  }

  /// Gives rows to those who have none, in one order: the same stimuli must give the same rows, however they are
  /// cut into transactions.
  func makeRows(of subjects: Set<SubjectID>, _ database: Database) throws {
    let new = subjects.filter { places[$0] == nil }
    for subject in new.sorted() { _ = try row(of: subject, database) }
  }

  /// Writes back every memory that changed, and its timer.
  func flush(_ rules: RuleIndex, _ database: Database) throws {
    try makeRows(of: dirty, database)
    let update = try database.cachedStatement(
      sql: "UPDATE subjects SET memory = ?, due = ? WHERE id = ?"
    )
    for subject in dirty {
      guard let memory = world.memories[subject] else { continue }
      let row = try row(of: subject, database)
      try update.execute(arguments: [
        Data(memory.encoded(for: rules)), memory.wake.millisecondsSinceEpoch, row,
      ])
      try setTimer(of: subject, row, to: memory.wake, database)
    }
    dirty.removeAll(keepingCapacity: true)
    if world.memories.count > Limits.warmMemories { forget() }
  }

  private func setTimer(
    of subject: SubjectID,
    _ row: Int64,
    to wake: Timestamp,
    _ database: Database
  ) throws {
    guard let due = places[subject]?.due, due != wake else { return }
    if due != .never {
      try database.cachedStatement(sql: "DELETE FROM timers WHERE due = ? AND subject = ?")
        .execute(arguments: [due.millisecondsSinceEpoch, row])
    }
    if wake != .never {
      try database.cachedStatement(sql: "INSERT OR IGNORE INTO timers (due, subject) VALUES (?, ?)")
        .execute(arguments: [wake.millisecondsSinceEpoch, row])
    }
    places[subject]?.due = wake
  }
}

extension Store {
  /// The memory of a subject as it is stored; `nil` for one never seen.
  public func memory(of subject: SubjectID, rules: RuleIndex) throws -> Memory? {
    try reader.read { database in
      try Data.fetchOne(
        database,
        sql: "SELECT memory FROM subjects WHERE kind = ? AND subject = ?",
        arguments: [subject.kind.rawValue, subject.id]
      )
    }
    .map { try Memory(subject, from: [UInt8]($0), for: rules) }
  }
}
