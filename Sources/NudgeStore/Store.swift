import Dispatch
import Foundation
import GRDB
public import NudgeCore
import Synchronization

/// The state of one nudged in one SQLite file: WAL, `synchronous=FULL`, one connection that writes and checkpoints.
///
/// A class, since it owns that connection and the memories that are warm in it. Every function that writes is one
/// transaction, durable when it returns; the writing queue serialises them.
public final class Store: Sendable {
  /// Why a database cannot be used.
  public enum Failure: Error, Hashable, Sendable {
    /// A newer program has written it.
    case newerSchema(found: Int, known: Int)
    /// An older program has written it, and a reader changes nothing.
    case olderSchema(found: Int, known: Int)
    /// There is no file to read.
    case missing(path: String)
    /// SQLite says so.
    case database(String)
    /// The disk has no room; it may have some later.
    case full(String)
    /// Another program keeps the database from being written; it may be done later.
    case busy(String)
    /// A read, a write or a sync has failed, or what was read makes no sense: nothing that follows can be relied on, and
    /// the next start begins with what is durable.
    case broken(String)
  }

  /// Where the database lies.
  public let path: String
  let writer: DatabaseQueue
  let reader: DatabaseQueue
  /// What the writer keeps warm; touched on the writer's queue alone.
  let desk: Desk
  /// When deliveries that have lost their meaning were last looked for.
  let sweeps = Sweeps()
  /// What makes a notice of each decision; `nil`: nobody gets them.
  let shipping = Mutex<(@Sendable (Decision, any MessageRenderer) -> Notice)?>(nil)
  /// Room on the disk for what must still be written when it is full.
  let ballast: Ballast
  /// What the last writes have told of the disk.
  let condition = Mutex(Condition())
  /// How long the write-ahead log is.
  let log = LogGauge()

  /// Opens the database at a path, makes it or brings it up to date.
  ///
  /// What an older program has written is copied first, to `PATH.schema-N` (``DatabaseCopy``); `onCopy` hears of every
  /// step of that.
  ///
  /// - Throws: ``Failure``, in SQLite's own words where they are known.
  public convenience init(
    path: String,
    onCopy: @escaping (DatabaseCopy.Progress) -> Void = { _ in }
  ) throws {
    Ballast(path: path + ".ballast").releaseIfFull()
    do { try Store.copyBeforeMigration(path, onCopy) } catch let error as DatabaseError {
      throw Failure(error, at: path)
    }
    try self.init(migrating: path)
  }

  /// Opens the database at a path, makes it or brings it up to date without copying it first.
  ///
  /// - Throws: ``Failure``.
  init(migrating path: String) throws {
    self.path = path
    ballast = Ballast(path: path + ".ballast")
    do {
      writer = try DatabaseQueue(path: path, configuration: Store.writing(log))
      try writer.writeWithoutTransaction { database in
        // First, since the journal's mode is kept in the file.
        try Schema.checkedVersion(of: database)
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        try Schema.migrate(database)
      }
      reader = try DatabaseQueue(path: path, configuration: Store.reading("nudged.reader"))
    } catch let error as DatabaseError {
      throw Failure(error, at: path)
    }
    desk = Desk()
  }

  /// Copies a database that is about to be migrated.
  private static func copyBeforeMigration(
    _ path: String,
    _ onCopy: @escaping (DatabaseCopy.Progress) -> Void
  ) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let found = try version(of: path)
    guard (1..<Schema.version).contains(found) else { return }
    let target = "\(path).schema-\(found)"
    try? FileManager.default.removeItem(atPath: target)
    try DatabaseCopy.make(of: path, at: target, onCopy)
  }

  /// The schema of a database that may have been left in the middle of a transaction.
  private static func version(of path: String) throws -> Int {
    do { return try version(of: path, reading("nudged.before")) } catch let error as DatabaseError
      where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK
    {
      // Killed before it had a write-ahead log, when it was made: who only reads cannot take back what it had begun.
      return try version(of: path, Configuration())
    }
  }

  private static func version(of path: String, _ configuration: Configuration) throws -> Int {
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let found = try queue.inDatabase { try Schema.checkedVersion(of: $0) }
    try queue.close()
    return found
  }

  /// A database in memory alone, gone with this value: where a part of history is rebuilt to be looked at.
  public init() throws {
    path = ":memory:"
    writer = try DatabaseQueue(configuration: Store.writing(log))
    try writer.writeWithoutTransaction { try Schema.migrate($0) }
    reader = writer
    desk = Desk()
    ballast = Ballast(path: nil)
  }

  private static func writing(_ log: LogGauge) -> Configuration {
    var configuration = Configuration()
    configuration.label = "nudged.writer"
    // Nobody else is to write, but somebody may have opened the file by hand.
    configuration.busyMode = .timeout(Limits.lockPatienceSeconds)
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA synchronous = FULL;
          PRAGMA secure_delete = ON;
          PRAGMA wal_autocheckpoint = 0;
          PRAGMA foreign_keys = OFF;
          PRAGMA cache_size = -\(Limits.pageCacheKibibytes);
          PRAGMA temp_store = MEMORY;
          """
      )
      // After the pragma of the automatic checkpoint, which takes the same place.
      log.listen(to: database)
    }
    return configuration
  }

  /// A connection that reads: it writes nothing, and moves nothing out of the log (quality.md, "Durability").
  static func reading(_ label: String) -> Configuration {
    var configuration = Configuration()
    configuration.label = label
    configuration.readonly = true
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON;")
    }
    return configuration
  }

  /// Whether the database can be written and read.
  public func heartbeat(at now: Timestamp) async throws {
    try await writeOnce { database in
      try database.execute(
        sql: """
          INSERT INTO logical_clock (id, now, beat_at) VALUES (1, ?, ?)
          ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at
          """,
        arguments: [
          Timestamp.distantPast.millisecondsSinceEpoch, now.millisecondsSinceEpoch,
        ]
      )
    }
  }

  /// Closes both connections; the last one moves the log into the file.
  ///
  /// What is broken stays as it is: a failed sync is not tried again (<https://sqlite.org/wal.html>, and fsync(2), whose
  /// second success says nothing of what the first has lost).
  public func close() throws {
    guard isSound else { return }
    try reader.close()
    try checkpoint(truncating: true)
    try writer.close()
    ballast.release()
  }
}

/// What the writer keeps between transactions: the memories of subjects that were seen lately.
///
/// A class without a lock: only the writing queue touches it.
final class Desk: @unchecked Sendable {
  /// Where a subject is kept.
  struct Place {
    let row: Int64
    /// The timer as it stands in the table; `never` when there is none.
    var due: Timestamp
    /// Whether facts were filled since the memory was written.
    var isBehind = false
  }

  var world = World()
  var places: [SubjectID: Place] = [:]
  var dirty: Set<SubjectID> = []
  /// The rules that `world` is read with; another rule set reads it anew.
  var ruleSet: String?
  /// Which facts memories lack; read when it is first needed.
  var ledger: FactLedger?
  /// Who was erased; read when an event first comes.
  var tombstones: Tombstones?
  /// Which messages the log has; read when an event first comes.
  var messages: MessageIndex?
  /// How many of them reach their table together.
  var messagesTogether = Limits.messagesIndexedTogether
  /// What a fill keeps warm.
  var side = SideDesk()
  /// What a transaction has looked up; gone with it.
  var prepared: EventStatements?
  /// Keeps the room that the last memory took.
  var encoder = MemoryEncoder()

  /// Drops everything, after a failed transaction or an edit.
  func forget() {
    world = World()
    places = [:]
    dirty = []
    ruleSet = nil
    ledger = nil
  }

  /// Drops what a transaction has left that was not committed.
  func forgetUncommitted() {
    forget()
    side = SideDesk()
    tombstones = nil
    messages = nil
  }

  func messageIndex(_ database: Database) throws -> MessageIndex {
    let index = try messages ?? MessageIndex(database, limit: messagesTogether)
    messages = index
    return index
  }
}
