import GRDB

extension Store {
  /// How many lines of a file, known by its digest, were taken in; 0 for one never seen.
  public func ingestedLines(file digest: String) throws -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: "SELECT lines FROM ingested_files WHERE digest = ?",
        arguments: [digest]
      )
    } ?? 0
  }

  /// Notes how many lines of a file were taken in.
  public func noteIngested(file digest: String, path: String, lines: Int) throws {
    try write { database, _ in
      try database.execute(
        sql: """
          INSERT INTO ingested_files (digest, path, lines) VALUES (?, ?, ?)
          ON CONFLICT (digest) DO UPDATE SET lines = max(lines, excluded.lines)
          """,
        arguments: [digest, path, lines]
      )
    }
  }
}
