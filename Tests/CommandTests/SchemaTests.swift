import Foundation
import NudgeTesting
import Testing

/// The Python tools of `.ci/python-tools`, which is run before their first use.
enum PythonTool {
  private static let made = Task {
    try await Program.run(
      URL(filePath: Program.repository(".ci/python-tools")),
      [],
      in: try TemporaryFolder(),
      environment: ProcessInfo.processInfo.environment
    )
  }

  /// Runs a tool of the virtual environment.
  static func run(
    _ name: String,
    _ arguments: [String],
    in folder: TemporaryFolder
  ) async throws -> Program.Outcome {
    let made = try await made.value
    try #require(made.status == 0, "\(made.notes)")
    let path = Program.repository(".build/python/bin/\(name)")
    return try await Program.run(URL(filePath: path), arguments, in: folder)
  }
}

/// A file that a schema refuses, and where.
struct RefusedFile: Sendable, CustomTestStringConvertible {
  let schema: String
  let text: String
  let path: String
  let message: String

  var testDescription: String { "\(path): \(message)" }

  init(_ schema: String, _ text: String, at path: String, _ message: String) {
    (self.schema, self.text, self.path, self.message) = (schema, text, path, message)
  }

  /// A rule file with one step.
  init(step: String, at path: String, _ message: String) {
    self.init(
      "rules",
      "nudged: 1\ncampaigns: {c: {model: m, steps: [{name: s, \(step)}]}}\n",
      at: "$.campaigns.c.steps[0]\(path)",
      message
    )
  }

  /// A rule file with one model.
  init(model: String, at path: String, _ message: String) {
    self.init(
      "rules",
      "nudged: 1\nmodels: {m: {subject: user, starts: {did: A}, \(model)}}\n",
      at: "$.models.m\(path)",
      message
    )
  }

  /// A test file with one test.
  init(test: String, at path: String, _ message: String) {
    self.init(
      "test",
      "nudged_test: 1\nrules: [a.yaml]\ntests: [{name: t, starts_at: +0m, \(test)}]\n",
      at: "$.tests[0]\(path)",
      message
    )
  }

  static let all = [
    RefusedFile(step: "on_dey: 3", at: "", "'on_dey' was unexpected"),
    RefusedFile(step: "on_day: three", at: ".on_day", "is not of type 'integer'"),
    RefusedFile(step: "on_day: 400", at: ".on_day", "greater than the maximum"),
    RefusedFile(step: "after: 2d", at: ".after", "does not match"),
    RefusedFile(step: "every: 7d", at: ".every", "does not match"),
    RefusedFile(step: "at: 9am", at: ".at", "does not match"),
    RefusedFile(step: "immediately: false", at: ".immediately", "True was expected"),
    RefusedFile(step: "days: [mon]", at: ".days[0]", "is not one of"),
    RefusedFile(step: "to: owner", at: ".to", "does not match"),
    RefusedFile(step: "only_if: {didd: A}", at: ".only_if", "'didd' was unexpected"),
    RefusedFile(step: "only_if: {}", at: ".only_if", "should be non-empty"),
    RefusedFile(step: "only_if: {day: {at_leest: 3}}", at: ".only_if.day", "was unexpected"),
    RefusedFile(
      step: "only_if: {trait: {role: {is_not: a}}}",
      at: ".only_if.trait.role",
      "was unexpected"
    ),
    RefusedFile(model: "milestones: {a: {}}", at: ".milestones.a", "required property"),
    RefusedFile(
      model: "milestones: {A b: {reached_when: {did: A}}}",
      at: ".milestones",
      "not match"
    ),
    RefusedFile(
      model: "health: [{name: a, held_for: 1 day, otherwise: true}]",
      at: ".health[0].held_for",
      "does not match"
    ),
    RefusedFile("rules", "nudged: 2\n", at: "$.nudged", "1 was expected"),
    RefusedFile("rules", "nudged: 1\ncampagns: {}\n", at: "$", "'campagns' was unexpected"),
    RefusedFile(
      "rules",
      "nudged: 1\ncampaigns: {c: {model: m, holdout: 10, steps: [{name: s}]}}\n",
      at: "$.campaigns.c.holdout",
      "is not of type 'string'"
    ),
    RefusedFile(test: "given: [{att: +0m}]", at: ".given[0]", "'att' was unexpected"),
    RefusedFile(test: "given: []", at: ".given", "should be non-empty"),
    RefusedFile(test: "holdout: maybe", at: ".holdout", "is not one of"),
    RefusedFile(
      test: "expect: {sent: [{at: +1h, campaign: c}]}",
      at: ".expect.sent[0]",
      "'step' is a required property"
    ),
    RefusedFile("config", "nudged_config: 1\n", at: "$", "'timezone' is a required property"),
    RefusedFile("config", "timezone: UTC\nrule: x\n", at: "$", "'rule' was unexpected"),
    RefusedFile(
      "config",
      "timezone: UTC\nquiet_hours: {from: 9, to: \"08:00\"}\n",
      at: "$.quiet_hours.from",
      "is not of type 'string'"
    ),
    RefusedFile(
      "config",
      "timezone: UTC\ncaps: [{name: a, at_most: 1, per: 7d}]\n",
      at: "$.caps[0].per",
      "does not match"
    ),
    RefusedFile(
      "config",
      "timezone: UTC\nchannels: {email: {secret: whsec_1}}\n",
      at: "$.channels.email.secret",
      "does not match"
    ),
    RefusedFile(
      "config",
      "timezone: UTC\nchannels: {email: {breaker: on}}\n",
      at: "$.channels.email.breaker",
      "does not match"
    ),
  ]
}

@Suite struct SchemaTests {
  private static let formats = ["rules", "test", "config"]

  @Test(arguments: formats)
  func `the file in schema is what the program prints`(format: String) async throws {
    let printed = try await Program.run(["schema", format], in: try TemporaryFolder())
    #expect(printed.status == 0)
    let file = URL(filePath: Program.repository("schema/\(format).json"))
    if ProcessInfo.processInfo.environment["NUDGED_BLESS"] == "1" {
      try Data(printed.output.utf8).write(to: file)
    }
    Golden.expect(printed.output, equals: try String(contentsOf: file, encoding: .utf8))
  }

  @Test(arguments: formats)
  func `a schema is one, without alternatives`(format: String) async throws {
    let path = Program.repository("schema/\(format).json")
    let outcome = try await PythonTool.run(
      "check-jsonschema",
      ["--check-metaschema", path],
      in: try TemporaryFolder()
    )
    #expect(outcome.status == 0, "\(outcome.output)")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!text.contains("oneOf") && !text.contains("anyOf"))
  }

  @Test(arguments: [
    ("rules", "rules/csm.yaml rules/onboarding.yaml rules/plg.yaml rules/trial.yaml"),
    ("config", "Tests/NudgeRulesTests/Fixtures/nudged.yaml"),
    ("test", "Tests/NudgeRulesTests/Fixtures/onboarding.test.yaml"),
  ])
  func `a schema accepts the samples`(format: String, files: String) async throws {
    let paths = files.split(separator: " ").map { Program.repository(String($0)) }
    let outcome = try await PythonTool.run(
      "check-jsonschema",
      ["--schemafile", Program.repository("schema/\(format).json")] + paths,
      in: try TemporaryFolder()
    )
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `a schema refuses a mistake at its own key`() async throws {
    let folder = try TemporaryFolder()
    for format in Self.formats {
      let cases = RefusedFile.all.filter { $0.schema == format }
      let paths = try cases.enumerated().map {
        try folder.write($1.text, to: "\(format)-\($0).yaml")
      }
      let outcome = try await PythonTool.run(
        "check-jsonschema",
        ["-o", "json", "--schemafile", Program.repository("schema/\(format).json")] + paths,
        in: folder
      )
      let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
      for (path, expected) in zip(paths, cases) {
        let found = report.errors.filter { $0.filename == path }
        #expect(
          found.contains { $0.path == expected.path && $0.message.contains(expected.message) },
          "\(expected): \(found)"
        )
      }
    }
  }

  /// What check-jsonschema finds.
  private struct Report: Decodable {
    struct Problem: Decodable {
      let filename: String
      let path: String
      let message: String
    }

    let errors: [Problem]
  }
}
