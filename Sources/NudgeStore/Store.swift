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
  }

  /// Where the database lies.
  public let path: String
  let writer: DatabaseQueue
  let reader: DatabaseQueue
  /// What the writer keeps warm; touched inside writing transactions alone.
  let desk: Desk
  /// When deliveries that have lost their meaning were last looked for.
  let sweeps = Sweeps()
  /// What makes a notice of each decision; `nil`: nobody gets them.
  let shipping = Mutex<(@Sendable (Decision) -> Notice)?>(nil)

  /// Opens the database at a path, makes it or brings it up to date.
  ///
  /// - Throws: ``Failure``, in SQLite's own words where they are known.
  public init(path: String) throws {
    self.path = path
    do {
      writer = try DatabaseQueue(path: path, configuration: Store.writing)
      try writer.writeWithoutTransaction { database in
        // First, since the journal's mode is kept in the file.
        try Schema.checkedVersion(of: database)
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        try Schema.migrate(database)
      }
      reader = try DatabaseQueue(path: path, configuration: Store.reading)
    } catch let error as DatabaseError {
      throw Failure.database("\(path): \(error.message ?? error.description)")
    }
    desk = Desk()
  }

  /// A database in memory alone, gone with this value: where a part of history is rebuilt to be looked at.
  public init() throws {
    path = ":memory:"
    writer = try DatabaseQueue(configuration: Store.writing)
    try writer.writeWithoutTransaction { try Schema.migrate($0) }
    reader = writer
    desk = Desk()
  }

  private static var writing: Configuration {
    var configuration = Configuration()
    configuration.label = "nudged.writer"
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
    }
    return configuration
  }

  private static var reading: Configuration {
    var configuration = Configuration()
    configuration.label = "nudged.reader"
    configuration.readonly = true
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON;")
    }
    return configuration
  }

  /// Writes in one transaction; whatever goes wrong, the warm memories are forgotten with what was not committed.
  func write<Value>(_ body: (Database, Desk) throws -> Value) throws -> Value {
    try writer.write { database in
      defer { desk.prepared = nil }
      do { return try body(database, desk) } catch {
        desk.forget()
        desk.side = SideDesk()
        throw error
      }
    }
  }

  /// Moves the log into the database file if it has grown; the writer alone does this, and looks at the result.
  ///
  /// Returns the number of pages that the log still holds.
  @discardableResult
  public func checkpoint(truncating: Bool = false) throws -> Int {
    try writer.writeWithoutTransaction { database in
      let mode = truncating ? "TRUNCATE" : "PASSIVE"
      let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(\(mode))")
      let pages: Int = row?["log"] ?? 0
      let moved: Int = row?["checkpointed"] ?? 0
      return max(0, pages - moved)
    }
  }

  /// Whether the database can be written and read.
  public func heartbeat(at now: Timestamp) throws {
    try write { database, _ in
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

  /// Whether an error says that the disk has no room; it may have some later.
  public func isFull(_ error: any Error) -> Bool {
    (error as? DatabaseError)?.resultCode == .SQLITE_FULL
  }

  /// Closes both connections; the last one moves the log into the file.
  public func close() throws {
    try reader.close()
    try checkpoint(truncating: true)
    try writer.close()
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
}
