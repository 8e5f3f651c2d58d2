/// The path of a file outbox, taken apart.
public struct FilePath: Hashable, Sendable {
  /// Why a path cannot be an outbox.
  public enum Invalid: Error, Hashable, Sendable {
    /// The name is empty, begins with a dot, or has other characters than `A-Z a-z 0-9 . _ -`.
    case name(String)
  }

  /// The folder, without a slash at its end; `.` when the path names none.
  public let folder: String
  /// The file's own name.
  public let name: String

  /// The parts of a path.
  ///
  /// - Throws: what is wrong with the name.
  public init(_ path: String) throws(Invalid) {
    let slash = path.lastIndex(of: "/")
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
      default: false
      }
    }
    guard isPlain, let first = name.first, first != "." else { throw .name(name) }
    self.name = name
    self.folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  /// The file.
  public var text: String { "\(folder)/\(name)" }

  /// The name of a finished segment: `cs-tasks-000001.jsonl`.
  public func archive(_ segment: Int) -> String {
    let digits = String(segment)
    let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    guard let dot = name.lastIndex(of: ".") else { return "\(folder)/\(name)-\(number)" }
    return "\(folder)/\(name[..<dot])-\(number)\(name[dot...])"
  }
}
