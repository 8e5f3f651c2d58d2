import GRDB
import GRDBSQLite
import Synchronization

/// How many pages the log of the database holds, as SQLite tells after each commit
/// (<https://sqlite.org/c3ref/wal_hook.html>).
final class LogGauge: Sendable {
  private let count = Atomic(0)

  /// Pages since the log was last begun anew.
  var pages: Int { count.load(ordering: .relaxed) }

  /// Listens to a connection, which must not outlive this.
  func listen(to database: Database) {
    sqlite3_wal_hook(
      database.sqliteConnection,
      { context, _, _, pages in
        guard let context else { return SQLITE_OK }
        Unmanaged<LogGauge>.fromOpaque(context).takeUnretainedValue()
          .count.store(Int(pages), ordering: .relaxed)
        return SQLITE_OK
      },
      Unmanaged.passUnretained(self).toOpaque()
    )
  }
}
