import Foundation
import GRDB

/// What is done to a database that nobody uses: whoever calls holds its lock.
public enum DatabaseCare {
  /// How a database stands to this program's schema.
  public struct Standing: Hashable, Sendable {
    /// The version that was found.
    public let found: Int
    /// The version that this program writes.
    public let known: Int

    /// Whether a start would migrate it.
    public var isBehind: Bool { found < known }
  }

  /// How the database at a path stands to this program's schema; nothing is written.
  ///
  /// - Throws: `Store.Failure`, also for a newer one.
  public static func standing(_ path: String) throws -> Standing {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Store.Failure.missing(path: path)
    }
    do {
      let reader = try DatabaseQueue(path: path, configuration: Store.reading("nudged.standing"))
      let found = try reader.read { try Schema.checkedVersion(of: $0) }
      guard found > 0 else { throw Store.Failure.database("\(path) is no database of nudged") }
      return Standing(found: found, known: Schema.version)
    } catch let error as DatabaseError {
      throw Store.Failure(error, at: path)
    }
  }

  /// Tries the migration on a copy of the database, which is then looked through and removed.
  ///
  /// - Throws: `Store.Failure`, ``DatabaseCopy/Failure``.
  public static func rehearseMigration(
    of path: String,
    _ onProgress: @escaping (DatabaseCopy.Progress) -> Void
  ) throws -> [DatabaseCheck.Finding] {
    let trial = path + ".trial"
    defer { removeAll(trial) }
    removeAll(trial)
    try DatabaseCopy.make(of: path, at: trial, onProgress)
    try Store(migrating: trial).close()
    return try DatabaseCheck.run(trial)
  }

  private static func removeAll(_ path: String) {
    for end in ["", "-wal", "-shm", ".ballast"] { unlink(path + end) }
  }

  /// Writes the database anew without what was deleted; tells its size before and after.
  ///
  /// - Throws: `Store.Failure`.
  public static func vacuum(_ path: String) throws -> (before: Int, after: Int) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Store.Failure.missing(path: path)
    }
    let store = try Store(path: path)
    let before = try store.pageBytes()
    do {
      try store.writer.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
    } catch let error as DatabaseError {
      throw Store.Failure(error, at: path)
    }
    let after = try store.pageBytes()
    try store.close()
    return (before, after)
  }
}

extension Store {
  fileprivate func pageBytes() throws -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
      ) ?? 0
    }
  }
}
