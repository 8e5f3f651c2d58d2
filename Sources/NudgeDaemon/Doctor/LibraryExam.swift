import NudgeStore

/// Looks at the SQLite that this program runs with.
struct LibraryExam {
  var finding: Finding {
    guard let version = try? SQLiteLibrary.version() else {
      return .bad("SQLite", "its version cannot be told", "install the package libsqlite3-0")
    }
    let parts = version.split(separator: ".").compactMap { Int($0) }
    // Before 3.51.3 a WAL can be corrupted by two connections that write and checkpoint at once
    // (https://sqlite.org/wal.html#walresetbug). Ours is one; anybody else's would be the second.
    guard parts.lexicographicallyPrecedes([3, 51, 3]) else { return .good("SQLite", version) }
    return .good("SQLite", "\(version); while nudged runs, no other program may write its database")
  }
}
