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
  func makeRows(of subjects: some Sequence<SubjectID>, _ database: Database) throws {
    var new: [SubjectID] = []
    for subject in subjects where places[subject] == nil { new.append(subject) }
    for subject in new.sorted() { _ = try row(of: subject, database) }
  }

  /// Notes that the memories of these subjects may have changed.
  func note(_ touched: [SubjectID], _ database: Database) throws {
    try makeRows(of: touched, database)
    for subject in touched { dirty.insert(subject) }
  }

  /// Writes back every memory that changed, and its timer.
  func flush(_ rules: RuleIndex, _ database: Database) throws {
    try makeRows(of: dirty, database)
    let epoch = try knownLedger(rules, database).epoch
    let statements = try statements(database)
    for subject in dirty {
      guard let memory = world.memories[subject], let place = places[subject] else { continue }
      try encoder.withBytes(of: memory, for: rules) { bytes in
        try statements.updateMemory.run {
          $0.add(blob: bytes)
          $0.add(memory.wake)
          $0.add(epoch)
          $0.add(place.row)
        }
      }
      if place.isBehind {
        try database.cachedStatement(sql: "DELETE FROM filled WHERE kind = ? AND subject = ?")
          .execute(arguments: [subject.kind.rawValue, subject.id])
        places[subject]?.isBehind = false
      }
      guard place.due != memory.wake else { continue }
      try statements.moveTimer(of: place.row, from: place.due, to: memory.wake)
      places[subject]?.due = memory.wake
    }
    dirty.removeAll(keepingCapacity: true)
    if world.memories.count > Limits.warmMemories { forget() }
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
