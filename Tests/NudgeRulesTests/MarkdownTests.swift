import NudgeRules
import Testing

@Suite struct MarkdownTests {
  private func blocks(_ text: String) -> [MarkdownBlock] {
    MarkdownBlock.blocks(of: SourceFile(path: "page.md", text: text))
  }

  @Test(arguments: [
    ("```yaml\na: 1\n```\n", ["\na: 1\n"]),
    ("~~~yml\na: 1\n~~~\n", ["\na: 1\n"]),
    ("````yaml\na: 1\n```\n````\n", ["\na: 1\n```\n"]),
    ("  ```yaml\n  a: 1\n  ```\n", ["\n  a: 1\n"]),
    ("```yaml\na: 1\n", ["\na: 1\n\n"]),
    ("```yaml fragment\na: 1\n```\n", []),
    ("```\n```yaml\n```\n", []),
    ("    indented\n```text\n```\n```yaml\nb: 2\n```\n", ["\n\n\n\nb: 2\n"]),
  ])
  func `blocks keep the lines of their page`(page: String, texts: [String]) {
    #expect(blocks(page).map(\.file.text) == texts)
  }

  @Test(arguments: [
    ("nudged: 1", FileFormat.rules), ("nudged_config: 1\ntimezone: UTC", .settings),
    ("nudged_test: 1", .campaignTest), ("a: [", .rules),
  ])
  func `a block is what the keys at its top say`(text: String, format: FileFormat) {
    #expect(blocks("```yaml\n\(text)\n```\n").map(\.format) == [format])
  }
}
