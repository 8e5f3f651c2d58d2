import Foundation
import NudgeTesting
import Testing

/// The page about security names the tests that hold what it says.
struct `The page about security` {
  @Test func `names tests that are there`() throws {
    let page = try String(contentsOfFile: Program.repository("docs/security.md"), encoding: .utf8)
    let tests = try Self.tests()
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }
    let names = rows.compactMap { $0.split(separator: "|").dropFirst(2).last }
      .flatMap { $0.matches(of: /`([^`]+)`/).map { String($0.1) } }
    #expect(names.count > 50)
    for name in names { #expect(tests.contains(name), "\(name)") }
  }

  /// The names of functions and suites, and of the files and folders that they lie in.
  private static func tests() throws -> Set<String> {
    let root = Program.repository("Tests")
    var names: Set<String> = []
    for case let path as String in FileManager.default.enumerator(atPath: root) ?? .init() {
      names.insert("Tests/\(path)")
      let file = (path as NSString).lastPathComponent
      names.formUnion([file, (file as NSString).deletingPathExtension])
      guard path.hasSuffix(".swift") else { continue }
      let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
      names.formUnion(text.matches(of: /(?:func|struct) `([^`]+)`/).map { String($0.1) })
    }
    return names
  }
}
