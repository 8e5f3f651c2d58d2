import Foundation

/// The lock of whoever writes to a database, as the system tells of it.
enum WriteLock {
  /// The byte of the log's index that a writer locks (<https://sqlite.org/walformat.html>, "WAL-Index File Format").
  private static let byte = 120

  /// What is the case when it cannot be had, and what to do.
  static func explanation(at path: String) -> String {
    let owner = holder(at: path).map { "process \($0)" } ?? "another program"
    return """
      \(path): \(owner) has kept it from being written for \(Int(Limits.lockPatienceSeconds)) s; \
      what was answered is kept; end that program, or its transaction
      """
  }

  /// The process that has it; `nil` when nobody has it, or the system does not say.
  ///
  /// By proc_locks(5): to open the index and ask would give up all our own locks when it is closed (fcntl(2)).
  static func holder(at path: String) -> Int32? {
    var status = stat()
    guard stat(path + "-shm", &status) == 0,
      let table = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
    else { return nil }
    return holder(of: UInt64(status.st_ino), in: table)
  }

  /// Reads lines of this form: `7: POSIX  ADVISORY  WRITE 4711 08:01:1234 120 120`.
  static func holder(of inode: UInt64, in table: String) -> Int32? {
    table.split(separator: "\n").lazy.compactMap { line -> Int32? in
      let fields = line.split(separator: " ")
      guard fields.count == 8, fields[3] == "WRITE", fields[5].hasSuffix(":\(inode)"),
        let first = Int(fields[6]), first <= byte, (Int(fields[7]) ?? .max) >= byte
      else { return nil }
      return Int32(fields[4])
    }.first { $0 > 0 }
  }
}
