import Foundation
import GRDB

/// A copy of a database, made while it is in use and looked through before it gets its name.
///
/// SQLite's backup (<https://sqlite.org/backup.html>) over a connection that only reads: it copies one moment, and neither
/// the writer nor other readers wait.
public enum DatabaseCopy {
  /// How far a copy has come, in pages.
  public struct Progress: Hashable, Sendable {
    /// Those that are copied.
    public let done: Int
    /// All of them.
    public let total: Int
  }

  /// What stands in a copy.
  public struct Summary: Hashable, Sendable {
    /// The size of the file.
    public let bytes: Int
    /// Its events.
    public let events: Int
    /// Its final decisions.
    public let decisions: Int
  }

  /// Why there is no copy.
  public enum Failure: Error, Hashable, Sendable {
    /// Something has that name already.
    case exists(path: String)
    /// The file cannot be made there.
    case cannotMake(path: String, errno: Int32)
    /// SQLite finds this wrong with the copy, and so with the original.
    case damaged([String])
  }

  /// The size of a page of our databases, SQLite's standard.
  public static let pageBytes = 4096

  /// The mark of a copy in the head of its file (`PRAGMA application_id`): whoever runs on it runs on a copy.
  static let mark = 0x6E_75_64_63

  /// Copies the database at a path to a new file.
  ///
  /// - Throws: ``Failure``, `Store.Failure`.
  @discardableResult
  public static func make(
    of source: String,
    at target: String,
    _ onProgress: @escaping (Progress) -> Void = { _ in }
  ) throws -> Summary {
    guard FileManager.default.fileExists(atPath: source) else {
      throw Store.Failure.missing(path: source)
    }
    let partial = target + ".partial"
    try claim(target, partial)
    do {
      try fill(partial, from: source, onProgress)
      let summary = try seal(partial)
      try publish(partial, as: target)
      return summary
    } catch {
      unlink(partial)
      if let error = error as? DatabaseError {
        throw Store.Failure(error, at: error.resultCode == .SQLITE_FULL ? target : source)
      }
      throw error
    }
  }

  /// Makes the empty file, for its owner alone: it holds what people did and who they are.
  private static func claim(_ target: String, _ partial: String) throws(Failure) {
    guard access(target, F_OK) != 0 else { throw .exists(path: target) }
    unlink(partial)
    let descriptor = open(partial, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotMake(path: target, errno: errno) }
    close(descriptor)
  }

  private static func fill(
    _ partial: String,
    from source: String,
    _ onProgress: @escaping (Progress) -> Void
  ) throws {
    let original = try DatabaseQueue(path: source, configuration: Store.reading("nudged.original"))
    let copy = try DatabaseQueue(path: partial)
    try original.read { from in
      guard try Schema.checkedVersion(of: from) > 0 else {
        throw Store.Failure.database("\(source) is no database of nudged")
      }
      try copy.writeWithoutTransaction { into in
        try from.backup(to: into, pagesPerStep: Limits.pagesPerCopyStep) { step in
          onProgress(
            Progress(done: step.completedPageCount, total: step.totalPageCount)
          )
        }
        // One file without a log beside it; a daemon that takes it over has a log again.
        try into.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA application_id = \(mark)")
      }
    }
    try copy.close()
    try original.close()
  }

  /// Opens the copy as whoever will need it, and looks it through.
  private static func seal(_ partial: String) throws -> Summary {
    let copy = try DatabaseQueue(path: partial, configuration: Store.reading("nudged.copy"))
    let summary = try copy.read { database in
      let problems = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)")
      guard problems == ["ok"] else { throw Failure.damaged(problems) }
      return Summary(
        bytes: try Int.fetchOne(
          database,
          sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        ) ?? 0,
        events: try Int.fetchOne(database, sql: "SELECT count(*) FROM events") ?? 0,
        decisions: try Int.fetchOne(database, sql: "SELECT count(*) FROM decisions") ?? 0
      )
    }
    try copy.close()
    return summary
  }

  private static func publish(_ partial: String, as target: String) throws(Failure) {
    let folder = (target as NSString).deletingLastPathComponent
    for path in [partial, folder.isEmpty ? "." : folder] {
      let isLast = path != partial
      if isLast, rename(partial, target) != 0 { throw .cannotMake(path: target, errno: errno) }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      guard descriptor >= 0, fsync(descriptor) == 0 else {
        throw .cannotMake(path: target, errno: errno)
      }
    }
  }
}

extension DatabaseCopy.Failure: CustomStringConvertible {
  /// What went wrong, and what would be right.
  public var description: String {
    switch self {
    case .exists(let path): "\(path) exists; name a new file"
    case .cannotMake(let path, let code):
      "\(path) cannot be made: \(String(cString: strerror(code)))"
    case .damaged(let problems): "the database is damaged: \(problems.joined(separator: "; "))"
    }
  }
}
