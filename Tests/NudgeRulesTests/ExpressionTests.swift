import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

struct `An expression of the command line` {
  @Test(arguments: [
    ("plan = trial", "trait: {plan: trial}"),
    ("plan = \"20\"", "trait: {plan: \"20\"}"),
    ("plan != trial", "trait: {plan: {not: trial}}"),
    ("plan in (trial, pro)", "trait: {plan: [trial, pro]}"),
    ("plan not in (trial, pro)", "trait: {plan: {none_of: [trial, pro]}}"),
    ("plan is set", "trait: {plan: {exists: true}}"),
    ("plan is not set", "trait: {plan: {exists: false}}"),
    ("account.tier = gold", "account_trait: {tier: gold}"),
    ("email contains \"@example.com\"", "trait: {email: {contains: \"@example.com\"}}"),
    ("score.activation >= 40", "score: {activation: {at_least: 40}}"),
    ("metric.logins != 0", "not: {metric: {logins: 0}}"),
    ("health = red", "health: red"),
    ("health != red", "not: {health: red}"),
    ("health in (red, yellow)", "health: [red, yellow]"),
    ("day < 14", "day: {below: 14}"),
    ("activated", "activated: true"),
    ("reached a", "reached: a"),
    ("missing (a, b)", "missing: [a, b]"),
    (
      "did \"Logged In\" >= 3 within 7 days",
      "{did: \"Logged In\", times: {at_least: 3}, within: 7 days}"
    ),
    ("not day = 3", "not: {day: 3}"),
    ("(day = 3)", "day: 3"),
    (
      "plan = trial and score.activation < 40",
      "all:\n  - trait: {plan: trial}\n  - score: {activation: {below: 40}}"
    ),
    (
      "day = 1 or day = 2 and activated",
      "any:\n  - day: 1\n  - all:\n      - day: 2\n      - activated: true"
    ),
  ])
  func `is the tree that a rule file would hold`(text: String, tree: String) throws {
    Golden.expect(try ExpressionParser.parse(text).conditionText(), equals: tree)
  }

  @Test(arguments: [
    ("plan =", 6), ("plan = trial and", 16), ("= trial", 0), ("plan trial", 5), ("(day = 3", 8),
    ("a = 'x", 4), ("day = 3 plan = 4", 8), ("a !! b", 2), ("plan in (a; b)", 10), ("", 0),
  ])
  func `says where it cannot be read`(text: String, offset: Int) {
    let error = #expect(throws: ExpressionError.self) { try ExpressionParser.parse(text) }
    #expect(error?.offset == offset, "\(error?.text(of: text) ?? "")")
  }

  @Test func `that nests without end is refused`() {
    let text = String(repeating: "(", count: 5000)
    #expect(throws: ExpressionError.self) { try ExpressionParser.parse(text) }
  }

  @Test func `has a meaning only in models that know its names`() throws {
    let question = try #require(
      Question.read(
        try ExpressionParser.parse("score.activation < 40"),
        about: .user,
        model: nil,
        files: try Samples.rules(),
        settings: .defaults(timezone: "UTC"),
        zones: ["UTC", "America/New_York"]
      )
    )
    #expect(question.readings.map { question.rules.models[$0.model].name } == ["onboarding"])
  }

  @Test func `with a name that no model knows is told with the nearest`() throws {
    let text = "health = rde"
    let question = try #require(
      Question.read(
        try ExpressionParser.parse(text),
        about: .account,
        model: nil,
        files: try Samples.rules(),
        settings: .defaults(timezone: "UTC"),
        zones: ["UTC", "America/New_York"]
      )
    )
    #expect(question.readings.isEmpty)
    #expect(question.diagnostics.first?.label == ["did you mean `red`?"])
  }
}
