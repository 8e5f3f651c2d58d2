/// Paths as texts.
enum PathText {
  /// A path that a file names, seen from that file's folder, with `..` resolved where that can be told.
  static func joined(folderOf file: String, _ path: String) -> String {
    if path.hasPrefix("/") { return path }
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    var names: [Substring] = []
    for name in folder + path.split(separator: "/")
    where name != "." && !(name.isEmpty && !names.isEmpty) {
      if name == "..", let last = names.last, last != "..", !last.isEmpty {
        names.removeLast()
      } else {
        names.append(name)
      }
    }
    return names.isEmpty ? "." : names.joined(separator: "/")
  }

  /// The folders in front of the first name with a `*`; `.` for none.
  static func beforePattern(_ path: String) -> String {
    let names = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = names.prefix { !$0.contains("*") }.joined(separator: "/")
    return folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
  }

  /// Whether a path is one that a pattern stands for, name by name.
  static func matches(_ path: String, _ pattern: String) -> Bool {
    let names = path.split(separator: "/")
    let patterns = pattern.split(separator: "/")
    return names.count == patterns.count && zip(names, patterns).allSatisfy(nameMatches)
  }

  private static func nameMatches(_ name: Substring, _ pattern: Substring) -> Bool {
    guard let star = pattern.firstIndex(of: "*") else { return name == pattern }
    let head = pattern[..<star]
    guard name.hasPrefix(head) else { return false }
    let tail = pattern[pattern.index(after: star)...]
    var rest = name.dropFirst(head.count)
    while true {
      if nameMatches(rest, tail) { return true }
      guard !rest.isEmpty else { return false }
      rest = rest.dropFirst()
    }
  }
}
