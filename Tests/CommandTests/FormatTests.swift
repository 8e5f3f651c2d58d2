import Foundation
import NudgeTesting
import Testing

@Suite struct FormatTests {
  private static let untidy = "models: {m: {starts: {did: A}, subject: user}}\nnudged: 1\n"
  private static let tidy = "nudged: 1\nmodels: {m: {subject: user, starts: {did: A}}}\n"

  @Test func `files that change are named and written`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.untidy, to: "rules/a.yaml")
    try folder.write(Self.tidy, to: "rules/b.yaml")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640],
      ofItemAtPath: folder.path(of: "rules/a.yaml")
    )
    let check = try await Program.run(["fmt", "--check"], in: folder)
    #expect(check.status == 1)
    #expect(check.output == "rules/a.yaml\n")
    #expect(try folder.read("rules/a.yaml") == Self.untidy)
    let outcome = try await Program.run(["fmt"], in: folder)
    #expect(outcome.status == 0)
    #expect(outcome.output == "rules/a.yaml\n")
    #expect(try folder.read("rules/a.yaml") == Self.tidy)
    let attributes = try FileManager.default.attributesOfItem(
      atPath: folder.path(of: "rules/a.yaml")
    )
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    let again = try await Program.run(["fmt", "--check"], in: folder)
    #expect(again.status == 0)
    #expect(again.output == "")
  }

  @Test func `a file that is no YAML fails and the others are written`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("nudged: [\n", to: "rules/a.yaml")
    try folder.write(Self.untidy, to: "rules/b.yaml")
    let outcome = try await Program.run(["fmt", "rules"], in: folder)
    #expect(outcome.status == 1)
    #expect(outcome.notes.contains("rules/a.yaml:2:1: error[yaml-syntax]"))
    #expect(try folder.read("rules/b.yaml") == Self.tidy)
  }

  @Test func `a folder that is not there exits 66`() async throws {
    let outcome = try await Program.run(["fmt"], in: try TemporaryFolder())
    #expect(outcome.status == 66)
    #expect(outcome.notes == "nudged: there is no file or folder rules\n")
  }
}
