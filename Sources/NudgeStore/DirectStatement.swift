import GRDB
import GRDBSQLite
import NudgeCore

/// A statement that every event runs, bound and stepped by SQLite's own functions.
///
/// GRDB wraps each argument in an existential and checks all of them against the statement; for these few rows that
/// costs more than SQLite does. It lives no longer than a transaction, since a connection that closes waits for nobody.
struct DirectStatement {
  private let statement: Statement
  private let connection: SQLiteConnection?

  /// The statement that GRDB keeps for this text.
  init(_ sql: String, _ database: Database) throws {
    statement = try database.cachedStatement(sql: sql)
    connection = database.sqliteConnection
  }

  /// Binds the parameters in their order, then runs the statement.
  ///
  /// - Throws: `DatabaseError` with what SQLite says.
  func run(_ bind: (inout Arguments) -> Void) throws {
    try check(step(bind), is: SQLITE_DONE)
  }

  /// Binds the parameters in their order; tells whether there is a row.
  ///
  /// - Throws: `DatabaseError` with what SQLite says.
  func hasRow(_ bind: (inout Arguments) -> Void) throws -> Bool {
    let code = try step(bind)
    if code == SQLITE_ROW { return true }
    try check(code, is: SQLITE_DONE)
    return false
  }

  private func step(_ bind: (inout Arguments) -> Void) throws -> Int32 {
    // GRDB leaves a statement as it was after its last row; one that is not reset takes no parameters.
    sqlite3_reset(statement.sqliteStatement)
    var arguments = Arguments(statement.sqliteStatement)
    bind(&arguments)
    try check(arguments.code, is: SQLITE_OK)
    let code = sqlite3_step(statement.sqliteStatement)
    sqlite3_reset(statement.sqliteStatement)
    return code
  }

  private func check(_ code: Int32, is good: Int32) throws {
    guard code != good else { return }
    throw DatabaseError(
      resultCode: ResultCode(rawValue: code),
      message: connection.map { String(cString: sqlite3_errmsg($0)) },
      sql: statement.sql
    )
  }

  /// The parameters of a statement, given one after the other.
  struct Arguments {
    private let statement: SQLiteStatement
    private var place: Int32 = 0
    /// What SQLite said of the first that it did not take.
    fileprivate private(set) var code = SQLITE_OK

    /// SQLite copies what it is given.
    private static var copied: sqlite3_destructor_type {
      unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    fileprivate init(_ statement: SQLiteStatement) {
      self.statement = statement
    }

    private mutating func bind(_ bound: (SQLiteStatement, _ place: Int32) -> Int32) {
      place += 1
      let code = bound(statement, place)
      if self.code == SQLITE_OK { self.code = code }
    }

    mutating func add(_ number: Int64) {
      bind { sqlite3_bind_int64($0, $1, number) }
    }

    mutating func add(_ instant: Timestamp) { add(instant.millisecondsSinceEpoch) }

    mutating func add(_ text: String?) {
      guard var text else { return bind { sqlite3_bind_null($0, $1) } }
      text.withUTF8 { utf8 in utf8.withMemoryRebound(to: CChar.self) { bind(text: $0) } }
    }

    /// Well-formed UTF-8, as text.
    mutating func add(_ text: JSONText) {
      text.bytes.withUnsafeBytes { bind(text: $0.bindMemory(to: CChar.self)) }
    }

    private mutating func bind(text: UnsafeBufferPointer<CChar>) {
      // An empty text may have no address, and none would be a null.
      guard let start = text.baseAddress else {
        return bind { sqlite3_bind_text($0, $1, "", 0, Self.copied) }
      }
      bind { sqlite3_bind_text($0, $1, start, Int32(text.count), Self.copied) }
    }

    mutating func add(blob: UnsafeRawBufferPointer) {
      bind { sqlite3_bind_blob($0, $1, blob.baseAddress, Int32(blob.count), Self.copied) }
    }
  }
}
