import GRDB

/// The SQLite that this program runs with.
public enum SQLiteLibrary {
  /// Its version, such as `3.46.1`.
  ///
  /// - Throws: what SQLite says when it cannot be asked.
  public static func version() throws -> String {
    let version = try DatabaseQueue().read { database in
      try String.fetchOne(database, sql: "SELECT sqlite_version()")
    }
    guard let version else { throw Store.Failure.database("SQLite does not tell its version") }
    return version
  }
}
