import Foundation
import NudgeTesting
import Testing

/// The bodies of `examples/outboxes`, against what the documentation of each provider says.
struct `The body for a provider` {
  static let providers = ["slack", "postmark", "sendgrid", "customerio", "hubspot"]

  /// `FormTemplateTests` makes the texts and keeps them as golden files.
  @Test(arguments: providers)
  func `is what its documentation says`(provider: String) async throws {
    let golden = Program.repository("Tests/NudgeRulesTests/Golden/providers")
    let schema = "Tests/CommandTests/Fixtures/providers/\(provider).schema.json"
    let outcome = try await PythonTool.run(
      "check-jsonschema",
      ["--schemafile", Program.repository(schema)]
        + ["full", "hostile"].map { "\(golden)/\(provider)-\($0).json" },
      in: try TemporaryFolder()
    )
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.notes)")
  }

  @Test func `stands in settings without a mistake`() async throws {
    let outcome = try await Program.run(
      ["check", "--config", Program.repository("examples/outboxes/nudged.yaml")],
      in: try TemporaryFolder()
    )
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.notes)")
  }
}
