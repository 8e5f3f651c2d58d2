import Foundation

/// The commit that a folder of a git checkout stands at.
public enum GitCommit {
  /// The commit's hexadecimal id, read from `.git` itself; `nil` outside of git.
  public static func head(of folder: String) -> String? {
    guard let git = gitFolder(above: URL(fileURLWithPath: folder).standardizedFileURL),
      let head = text(git.appendingPathComponent("HEAD"))
    else { return nil }
    guard head.hasPrefix("ref: ") else { return head }
    let reference = String(head.dropFirst("ref: ".count))
    return text(git.appendingPathComponent(reference)) ?? packed(reference, in: git)
  }

  /// The `.git` folder of the checkout that a folder is part of; `nil` outside of git.
  static func folder(above folder: String) -> String? {
    gitFolder(above: URL(fileURLWithPath: folder).standardizedFileURL)?.path
  }

  private static func gitFolder(above folder: URL) -> URL? {
    var folder = folder
    while true {
      let candidate = folder.appendingPathComponent(".git")
      if text(candidate.appendingPathComponent("HEAD")) != nil { return candidate }
      if folder.path == "/" { return nil }
      folder.deleteLastPathComponent()
    }
  }

  private static func packed(_ reference: String, in git: URL) -> String? {
    text(git.appendingPathComponent("packed-refs"))?.split(separator: "\n")
      .first { $0.hasSuffix(" \(reference)") }
      .map { String($0.prefix { $0 != " " }) }
  }

  private static func text(_ url: URL) -> String? {
    guard let data = FileManager.default.contents(atPath: url.path) else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
