import NudgeCore
import NudgeRules
import Testing

@Suite struct HashTests {
  private let text =
    smallModel + "mutes:\n  q: {description: x, when: {tagged: a}, channels: [email]}\n"

  private func hash(_ texts: [String], settings: String = "timezone: UTC\n") throws -> String {
    let files = texts.enumerated().map { SourceFile(path: "rules/\($0).yaml", text: $1) }
    let settings = SourceFile(path: "nudged.yaml", text: settings)
    return try #require(RuleReader.read(files: files, settings: .file(settings)).ruleSet).hash
  }

  @Test func `comments, spacing, the order of keys and the files do not change the hash`() throws {
    let original = try hash([text])
    #expect(original.count == 64)
    #expect(
      try hash([
        "# a comment\n" + text.replacing("{weight: 1, reached", with: "{ weight:  1,   reached")
      ]) == original
    )
    #expect(
      try hash([text.replacing("{weight: 1, category: c,", with: "{category: c, weight: 1,")])
        == original
    )
    let parts = text.split(separator: "mutes:")
    #expect(try hash([String(parts[0]), "nudged: 1\nmutes:" + parts[1]]) == original)
  }

  @Test(arguments: [
    ("did: A", "did: C"), ("description: x", "description: y"), ("weight: 1,", "weight: 2,"),
  ])
  func `what is written changes the hash`(old: String, new: String) throws {
    #expect(try hash([text.replacing(old, with: new)]) != hash([text]))
  }

  @Test func `of the settings only what decides counts`() throws {
    let plain = try hash([text], settings: "timezone: UTC\nchannels: {email: {kind: message}}\n")
    let other = "timezone: UTC\nwatch: true\nchannels: {email: {kind: message, file: a}}\n"
    #expect(try hash([text], settings: other) == plain)
    #expect(
      try hash([text], settings: "timezone: Europe/Berlin\nchannels: {email: {kind: message}}\n")
        != plain
    )
  }
}
