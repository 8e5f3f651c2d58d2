import Foundation
import GRDB
import NudgeTesting
import Testing

@testable import NudgeStore

@Suite struct `The schema` {
  @Test func `is what the golden file shows`() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    let statements = try store.reader.read { database in
      try String.fetchAll(
        database,
        sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
      )
    }
    let text =
      "PRAGMA user_version = \(Schema.version);\n" + statements.map { "\n\($0);\n" }.joined()
    Golden.expect(text, matches: "schema.sql")
  }

  @Test func `is found again as it was left`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "nudged.db")
    try Store(path: path).close()
    let before = try Data(contentsOf: folder.url.appending(path: "nudged.db"))
    try Store(path: path).close()
    #expect(try Data(contentsOf: folder.url.appending(path: "nudged.db")) == before)
  }

  @Test func `is made although an earlier start was killed while it made it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "nudged.db")
    let first = try DatabaseQueue(path: folder.path(of: "first.db"))
    try first.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          CREATE TABLE x (y TEXT); PRAGMA cache_size = 1; BEGIN;
          WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
          INSERT INTO x SELECT 'something that fills a page soon' FROM n;
          """
      )
      // As the kill leaves it: pages are written, and the journal tells what they were.
      for suffix in ["", "-journal"] {
        try FileManager.default.copyItem(
          atPath: folder.path(of: "first.db" + suffix),
          toPath: path + suffix
        )
      }
      try database.execute(sql: "ROLLBACK")
    }
    let store = try Store(path: path)
    #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM x") } == 0)
    #expect(access(path + "-journal", F_OK) != 0)
  }

  @Test(arguments: ["wal", "delete"])
  func `of a newer program is refused, and nothing is touched`(journal: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "nudged.db")
    let newer = try DatabaseQueue(path: path)
    try newer.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA journal_mode = \(journal)")
      try database.execute(sql: "CREATE TABLE later (id INTEGER); PRAGMA user_version = 99")
    }
    try newer.close()
    let before = try Data(contentsOf: folder.url.appending(path: "nudged.db"))
    #expect(throws: Store.Failure.newerSchema(found: 99, known: Schema.version)) {
      try Store(path: path)
    }
    #expect(try Data(contentsOf: folder.url.appending(path: "nudged.db")) == before)
  }

  @Test func `is refused in a file that is no database`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("no database at all, but long enough to be looked at", to: "x.db")
    #expect(throws: Store.Failure.self) { try Store(path: path) }
    #expect(try folder.read("x.db").hasPrefix("no database"))
  }
}
