import Foundation
import GRDB
public import NudgeCore

extension Desk {
  /// Reads memories that are not warm; one who was never seen gets an empty one.
  func load(_ subjects: [SubjectID], _ rules: RuleIndex, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "SELECT id, memory, due, epoch FROM subjects WHERE kind = ? AND subject = ?"
    )
    let ledger = try knownLedger(rules, database)
    for subject in subjects {
      statement.setUncheckedArguments([subject.kind.rawValue, subject.id])
      guard let row = try Row.fetchOne(statement) else {
        world.memories[subject] = Memory(subject: subject)
        continue
      }
      let found = try ledger.memory(subject, row, rules, database)
      world.memories[subject] = found.memory
      places[subject] = Place(
        row: row["id"],
        due: Timestamp(millisecondsSinceEpoch: row["due"]),
        isBehind: found.isBehind
      )
      if found.isBehind { dirty.insert(subject) }
    }
  }

  private func knownLedger(_ rules: RuleIndex, _ database: Database) throws -> FactLedger {
    if let ledger { return ledger }
    let read = try FactLedger(rules, database)
    ledger = read
    return read
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
      sql: "UPDATE subjects SET memory = ?, due = ?, epoch = ? WHERE id = ?"
    )
    let epoch = try knownLedger(rules, database).epoch
    for subject in dirty {
      guard let memory = world.memories[subject] else { continue }
      let row = try row(of: subject, database)
      try update.execute(arguments: [
        Data(memory.encoded(for: rules)), memory.wake.millisecondsSinceEpoch, epoch, row,
      ])
      if places[subject]?.isBehind == true {
        try database.cachedStatement(sql: "DELETE FROM filled WHERE kind = ? AND subject = ?")
          .execute(arguments: [subject.kind.rawValue, subject.id])
        places[subject]?.isBehind = false
      }
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
    try read { database in
      try Store.memory(of: subject, rules: rules, try FactLedger(rules, database), database)
    }
  }

  static func memory(
    of subject: SubjectID,
    rules: RuleIndex,
    _ ledger: FactLedger,
    _ database: Database
  ) throws -> Memory? {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT memory, epoch FROM subjects WHERE kind = ? AND subject = ?",
      arguments: [subject.kind.rawValue, subject.id]
    )
    return try row.map { try ledger.memory(subject, $0, rules, database).memory }
  }
}
