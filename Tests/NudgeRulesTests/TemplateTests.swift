import NudgeCore
import NudgeRules
import Testing

@Suite struct TemplateTests {
  private func render(_ text: String, _ fields: JSONValue) -> TemplateSet.Message? {
    let collector = DiagnosticCollector()
    let files = [
      SourceFile(path: "templates/t.md", text: text),
      SourceFile(path: "templates/footer.md", text: "Bye, {{user.id}}"),
    ]
    let set = TemplateSet(files: files, collector: collector)
    return collector.diagnostics.isEmpty ? set.message("t", fields: fields) : nil
  }

  private let ana = JSONValue.object([
    .init(
      "user",
      .object([
        .init("id", .string("ana")),
        .init("traits", .object([.init("name", .string("A & <B> {{id}}")), .init("plan", .null)])),
      ])
    ),
    .init("data", .object([.init("items", .array([.number(Number(1)), .string("x")]))])),
  ])

  @Test(arguments: [
    ("---\nsubject: Hi {{user.traits.name}}\n---\nDear\n", "Hi A & <B> {{id}}", "Dear\n"),
    ("{{user.traits.name}}", "", "A & <B> {{id}}"),
    (
      "---\nsubject: \"Quoted: {{user.id}}\"\n---\n{{#data.items}}- {{.}}\n{{/data.items}}",
      "Quoted: ana", "- 1\n- x\n"
    ),
    ("{{#user}}\nin\n{{/user}}\nout {{user.traits.plan}}.", "", "in\nout ."),
    ("\nfirst line is empty {{> footer}}", "", "\nfirst line is empty Bye, ana"),
  ])
  func `a template gives a subject and a body, of plain text`(
    text: String,
    subject: String,
    body: String
  ) throws {
    let message = try #require(render(text, ana))
    #expect(message.subject == subject)
    #expect(message.body == body)
  }

  @Test(arguments: [
    "{{> t}}", "{{>*user.id}}", "{{<footer}}{{/footer}}", "{{=<% %>=}}", "{{#user}}", "{{user",
    "{{> none}}", "---\nsubject: x\n",
  ])
  func `what could not be rendered is reported`(text: String) {
    #expect(render(text, ana) == nil)
  }
}
