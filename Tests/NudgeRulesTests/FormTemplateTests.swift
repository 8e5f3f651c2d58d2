import Foundation
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// Payloads as the engine makes them.
private enum Payload {
  static let full = data(
    name: "Ana",
    company: "Acme",
    subject: "Your first project",
    body: "Hello Ana,\n\nit takes five minutes.\n"
  )
  /// Whatever ends a text of JSON, a tag of HTML, a line of a header, or begins a template.
  static let nasty = "\"},{\\ \"\r\n\t\u{0}\u{2028}<!channel> &amp; {{user.id}} {{{id}}} '"
  static let hostile = data(name: nasty, company: nasty, subject: nasty, body: nasty)

  static let long = data(
    name: "Ana",
    company: "Acme",
    subject: "Long",
    body: String(repeating: "y", count: 500)
  )

  private static func data(
    name: String,
    company: String,
    subject: String,
    body: String
  ) -> JSONText {
    let user = JSONValue.object([
      .init("type", .string("user")), .init("id", .string("ana")),
      .init(
        "traits",
        .object([
          .init("email", .string("ana@example.com")), .init("name", .string(name)),
          .init("seats", .whole(3)), .init("hubspot_id", .string("512")), .init("plan", .null),
        ])
      ),
    ])
    let account = JSONValue.object([
      .init("id", .string(company)), .init("traits", .object([.init("csm", .string("77"))])),
    ])
    let members: [JSONValue.Member] = [
      .init("id", .string("iv_0001")), .init("campaign", .string("welcome")),
      .init("step", .string("help")), .init("occurrence", .whole(1)), .init("variant", .null),
      .init("channel", .string("email")), .init("subject", user), .init("to", user),
      .init("account", account), .init("assignee", .string("77")),
      .init("template", .string("your-first-project")),
      .init(
        "message",
        .object([.init("subject", .string(subject)), .init("body", .string(body))])
      ),
      .init("data", .object([.init("link", .string("https://app.example.com"))])),
      .init(
        "progress",
        .object([
          .init("model", .string("onboarding")), .init("day", .whole(3)),
          .init("milestones", .object([.init("project-created", .null)])),
          .init("scores", .object([.init("activation", .whole(2))])),
        ])
      ),
      .init("nominal_at", .string("2026-03-09T13:00:00.000Z")),
      .init("decided_at", .string("2026-03-09T13:00:00.000Z")), .init("late_by", .string("PT0S")),
      .init("expires_at", .null), .init("rule_set", .string("9b3e")), .init("sequence", .whole(1)),
    ]
    return JSONValue.object([.init("data", .object(members))]).json
  }
}

private func complaints(about body: String) -> [String] {
  let collector = DiagnosticCollector()
  _ = FormTemplate(body: SourceFile(path: "a.json", text: body), collector: collector)
  return collector.diagnostics.map { "\($0.place): \($0.message)" }
}

private func text(_ body: String, _ payload: JSONText = Payload.full) throws -> String {
  let collector = DiagnosticCollector()
  let file = SourceFile(path: "a.json", text: body)
  let template = try #require(
    FormTemplate(body: file, collector: collector),
    "\(collector.diagnostics)"
  )
  return try template.text(for: payload)
}

@Suite struct FormTemplateTests {
  @Test(arguments: [
    (#"["{{user.traits.name}}", "{{user.traits.plan}}"]"#, #"["Ana", ""]"#),
    (
      #"{{json(user.traits)}}"#,
      #"{"email":"ana@example.com","name":"Ana","seats":3,"hubspot_id":"512","plan":null}"#
    ),
    (
      #"[{{#progress.day}}{{progress.day}}{{/progress.day}}{{^progress.day}}null{{/progress.day}}]"#,
      "[3]"
    ),
    (
      #"["{{uppercased(user.traits.name)}}", "{{campaign}}", "{{data.campaign}}"]"#,
      #"["ANA", "welcome", "welcome"]"#
    ),
    (
      #"["{{data.link}}", "{{data.data.link}}"]"#,
      #"["https://app.example.com", "https://app.example.com"]"#
    ),
    (
      #"["{{#account}}{{account.traits.csm}}{{/account}}", "{{{id}}}", "{{&id}}"]"#,
      #"["77", "iv_0001", "iv_0001"]"#
    ),
  ])
  func `a body is made of the fields of the payload`(body: String, expected: String) throws {
    #expect(try text(body) == expected)
  }

  @Test(arguments: ["{{user.traits.name}}", "{{{user.traits.name}}}", "{{&user.traits.name}}"])
  func `no value ends the text that it stands in, or is read as a template`(tag: String) throws {
    let body = try text(#"{"name": "\#(tag)", "after": true}"#, Payload.hostile)
    let found = try #require(try object(body))
    #expect(found["name"] as? String == Payload.nasty)
    #expect(found.count == 2)
  }

  private func object(_ text: String) throws -> [String: Any]? {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
  }

  @Test(arguments: [
    (#"{"day": {{progress.day}}}"#, "when all that may be absent is absent: it is no JSON"),
    (
      #"{"name": {{user.traits.name}}{{^user.traits.name}}1{{/user.traits.name}}}"#,
      "when each value is a text: it is no JSON"
    ),
    (#"{"a": "{{user.id}}""#, "when all that may be absent is absent: it is no JSON"),
    (#"{"a": "{{usr.id}}"}"#, "a.json:1:10: no intervention has a field `usr.id`"),
    (#"{"a": "{{jsn(user.id)}}"}"#, "a.json:1:10: there is no transform `jsn`"),
    (#"{"a": "{{> footer}}"}"#, "there is no template `footer`"),
    (#"{"a": "{{#user}}"}"#, "cannot be compiled"),
    (#"{"a": "{{user.id}"}"#, "cannot be compiled"),
  ])
  func `a body that could fail is refused when it is loaded`(body: String, complaint: String) {
    #expect(
      complaints(about: body).contains { $0.contains(complaint) },
      "\(complaints(about: body))"
    )
  }

  @Test func `a body of more than 20 kB is not sent`() throws {
    let collector = DiagnosticCollector()
    let long = #"["\#(String(repeating: "x", count: 19_600)){{message.body}}"]"#
    let template = FormTemplate(body: SourceFile(path: "a.json", text: long), collector: collector)
    #expect(throws: FormTemplate.Failure.self) { try template?.text(for: Payload.long) }
  }

  @Test func `a header stays on one line`() throws {
    let place = Place(path: "nudged.yaml", line: 3, column: 9)
    let collector = DiagnosticCollector()
    let template = FormTemplate(header: "{{user.traits.name}}!", at: place, collector: collector)
    let value = try #require(try template?.text(for: Payload.hostile))
    #expect(!value.utf8.contains { $0 < 0x20 } && value.hasSuffix("!"))
    _ = FormTemplate(header: "{{usr}}", at: place, collector: collector)
    #expect(collector.diagnostics.map(\.place) == [place])
  }

  @Test(arguments: ["slack", "postmark", "sendgrid", "customerio", "hubspot"])
  func `the example for a provider gives its body`(provider: String) throws {
    let path = Folders.root.appending(path: "examples/outboxes/\(provider).json").path()
    let body = try String(contentsOfFile: path, encoding: .utf8)
    Golden.expect(try text(body), matches: "providers/\(provider)-full.json")
    Golden.expect(try text(body, Payload.hostile), matches: "providers/\(provider)-hostile.json")
  }
}
