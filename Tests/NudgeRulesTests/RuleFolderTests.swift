import Foundation
import Glibc
import NudgeRules
import NudgeTesting
import Testing

@Suite struct `A folder of rules` {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("nudged: 1\n", to: "rules/a.yaml")
  }

  private var rules: String { folder.path(of: "rules") }

  @Test func `is read with links that stay inside`() throws {
    try folder.write("nudged: 1\n", to: "rules/.versions/b")
    symlink(".versions/b", folder.path(of: "rules/b.yaml"))
    #expect(try RuleFolder.load(rules).map(\.path) == ["\(rules)/a.yaml", "\(rules)/b.yaml"])
  }

  @Test func `is refused with a link that leads out of it`() throws {
    try folder.write("nudged: 1\n", to: "elsewhere.yaml")
    symlink("../elsewhere.yaml", folder.path(of: "rules/b.yaml"))
    #expect(throws: RuleFolder.Refusal.outside(path: "\(rules)/b.yaml", folder: rules)) {
      try RuleFolder.load(rules)
    }
  }

  @Test func `is refused with a pipe, at once`() throws {
    #expect(mkfifo(folder.path(of: "rules/b.yaml"), 0o600) == 0)
    #expect(throws: RuleFolder.Refusal.notRegular(path: "\(rules)/b.yaml")) {
      try RuleFolder.load(rules)
    }
  }

  @Test func `is refused with a file that everybody may write`() throws {
    chmod("\(rules)/a.yaml", 0o666)
    let refusal = RuleFolder.Refusal.writableByOthers(path: "\(rules)/a.yaml", mode: "666")
    #expect(throws: refusal) { try RuleFolder.load(rules) }
    #expect(refusal.description.hasSuffix("run `chmod o-w \(rules)/a.yaml`"))
  }

  @Test func `is refused when everybody may put files into it`() throws {
    chmod(rules, 0o777)
    #expect(throws: RuleFolder.Refusal.writableByOthers(path: rules, mode: "777")) {
      try RuleFolder.load(rules)
    }
    chmod(rules, 0o1777)
    #expect(try RuleFolder.load(rules).count == 1)
  }

  @Test func `gives templates by the same rules`() throws {
    let path = try folder.write("---\nsubject: x\n---\n", to: "templates/hello.md")
    chmod(path, 0o622)
    #expect(throws: RuleFolder.Refusal.self) {
      try RuleFolder.loadTemplates(folder.path(of: "templates"))
    }
  }
}
