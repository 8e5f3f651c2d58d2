import GRDB
import NudgeCore
import Synchronization

/// What the last writes have told of the disk.
struct Condition: Hashable {
  /// What has failed for good; `nil` while all is well.
  var damage: String?
  /// Whether a write found no room, and there has been none since.
  var isFull = false
  /// How many pages more the log takes before it is moved again.
  var logLimit = Limits.logPages
  /// Pages of the log when it was last moved: a reader may have kept it from beginning anew.
  var logPages = 0
  /// Pages that the log held when it was last moved, and that a reader kept from being moved.
  var backlog = 0
}

extension Store {
  /// Writes in one transaction; whatever goes wrong, the warm memories are forgotten with what was not committed.
  func write<Value>(_ body: (Database, Desk) throws -> Value) throws -> Value {
    let value = try guarded {
      do {
        return try writer.write { database in
          defer { desk.prepared = nil }
          return try body(database, desk)
        }
      } catch {
        // Also after a commit that failed, which comes when the body is over.
        writer.unsafeReentrantWrite { _ in desk.forgetUncommitted() }
        throw error
      }
    }
    try checkpointIfTime()
    return value
  }

  /// Writes in one transaction, once.
  func writeOnce<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    let value = try await guardedLater { try await writer.write(body) }
    try checkpointIfTime()
    return value
  }

  /// Writes in one transaction, and waits for room as long as the disk is full.
  func writePatiently<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    while true {
      do { return try await writeOnce(body) } catch Failure.full {
        try await Task.sleep(for: Limits.fullDiskPause)
      }
    }
  }

  /// Reads what is committed.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try guarded { try reader.read(body) }
  }

  // MARK: Soundness

  /// Whether nothing has failed that only a new start can mend.
  public var isSound: Bool { condition.withLock { $0.damage == nil } }

  /// Makes sure that nothing has failed that only a new start can mend.
  ///
  /// - Throws: ``Failure/broken(_:)``.
  public func checkSound() throws {
    if let damage = condition.withLock({ $0.damage }) { throw Failure.broken(damage) }
  }

  /// Whether an error says that the disk has no room; it may have some later.
  public func isFull(_ error: any Error) -> Bool {
    if case Failure.full = error { true } else { false }
  }

  private func guarded<Value>(_ body: () throws -> Value) throws -> Value {
    try checkSound()
    do { return try body() } catch let error as DatabaseError { throw noted(error) }
  }

  private func guardedLater<Value>(_ body: () async throws -> Value) async throws -> Value {
    try checkSound()
    do { return try await body() } catch let error as DatabaseError { throw noted(error) }
  }

  private func noted(_ error: DatabaseError) -> any Error {
    let failure = Failure(error, at: path)
    switch failure {
    case .broken(let damage): condition.withLock { $0.damage = $0.damage ?? damage }
    case .full: makeRoom()
    case .busy: break
    case .newerSchema, .olderSchema, .missing, .database: return error
    }
    return failure
  }

  // MARK: The log

  /// Moves the log into the database file; the writer alone does this, and looks at the result.
  ///
  /// Returns the number of pages that the log still holds.
  @discardableResult
  public func checkpoint(truncating: Bool = false) throws -> Int {
    let left = try guarded {
      try writer.writeWithoutTransaction { database in
        let mode = truncating ? "TRUNCATE" : "PASSIVE"
        // Readers are not waited for: what they keep in the log is durable there.
        try Store.waitForLocks(false, database)
        defer { try? Store.waitForLocks(true, database) }
        let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(\(mode))")
        let pages: Int = row?["log"] ?? 0
        let moved: Int = row?["checkpointed"] ?? 0
        return max(0, pages - moved)
      }
    }
    condition.withLock { $0.backlog = left }
    return left
  }

  /// Whether a connection waits for locks of others, as it does unless told otherwise.
  static func waitForLocks(_ isPatient: Bool, _ database: Database) throws {
    let milliseconds = isPatient ? Int(Limits.lockPatienceSeconds * 1000) : 0
    try database.execute(sql: "PRAGMA busy_timeout = \(milliseconds)")
  }

  /// The pages of the log that a reader kept from being moved when that was last tried.
  public var logBacklog: Int { condition.withLock { $0.backlog } }

  /// Moves what a reader has kept in the log, once it may have let go.
  public func moveHeldLog() throws {
    guard logBacklog > 0 else { return }
    do { try checkpoint() } catch Failure.full {}
  }

  private func checkpointIfTime() throws {
    let isTime = condition.withLock { condition in
      // It has begun anew since.
      if log.pages < condition.logPages { condition.logPages = 0 }
      guard log.pages >= condition.logPages + condition.logLimit else { return false }
      condition.logPages = log.pages
      return true
    }
    guard isTime else { return }
    // Without room the log stays as it is; the transaction is durable in it.
    do { try checkpoint() } catch Failure.full {}
  }
}

extension Store.Failure {
  /// What an error of SQLite means for whoever goes on (<https://sqlite.org/rescode.html>).
  init(_ error: DatabaseError, at path: String) {
    let text =
      "\(path): \(error.message ?? error.description) (\(error.extendedResultCode.rawValue))"
    switch error.resultCode {
    case .SQLITE_FULL: self = .full(text)
    // The index of the log grows before anything is written (<https://sqlite.org/walformat.html>).
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: self = .full(text)
    case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_READONLY, .SQLITE_CANTOPEN,
      .SQLITE_PROTOCOL:
      self = .broken(text)
    case .SQLITE_BUSY: self = .busy(WriteLock.explanation(at: path))
    default: self = .database("\(path): \(error.message ?? error.description)")
    }
  }
}
