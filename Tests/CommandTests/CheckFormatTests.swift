import Foundation
import NudgeTesting
import Testing

@Suite struct CheckFormatTests {
  private static let mistakes = """
    nudged: 1
    models:
      m:
        subject: user
        starts: {did: Signed Up}
        milestones:
          a: {reached_when: {did: A}}
    campaigns:
      c:
        model: m
        steps:
          - {name: s, on_dey: 3, at: "09:00", send: email, template: 100%}
          - {name: t, after: 2d, send: email, template: t}
      d:
        model: m
        steps:
          - {name: u, after: 48h, send: email, template: t}

    """

  @Test(arguments: ["sarif", "github", "json"])
  func `a report has forms for programs`(format: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.mistakes, to: "rules/a b.yaml")
    let outcome = try await Program.run(["check", "--format", format], in: folder)
    #expect(outcome.status == 1)
    Golden.expect(outcome.output, matches: "check-\(format).txt")
  }

  @Test(arguments: [[], ["--deny-warnings"]])
  func `SARIF is read by others`(arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.mistakes, to: "rules/a.yaml")
    let report = try await Program.run(["check", "--format", "sarif"] + arguments, in: folder)
    let path = try folder.write(report.output, to: "report.sarif")
    let program = """
      import sys, sarif_pydantic
      run, = sarif_pydantic.Sarif.model_validate_json(open(sys.argv[1]).read()).runs
      for result in run.results:
        place = result.locations[0].physical_location
        print(result.rule_id, run.tool.driver.rules[result.rule_index].id, place.region.start_line)
      """
    let outcome = try await PythonTool.run("python", ["-c", program, path], in: folder)
    #expect(
      outcome.output == """
        unknown-key unknown-key 12
        bad-duration bad-duration 13
        incomplete-definition incomplete-definition 14
        calendar-on-hours calendar-on-hours 17

        """,
      "\(outcome.notes)"
    )
  }

  @Test func `a block of YAML in Markdown is checked where it stands`() async throws {
    let folder = try TemporaryFolder()
    let page = """
      # Rules

      ```sh
      nudged check
      ```

      1. First:

         ```yaml
         nudged: 1
         models: {m: {subject: user, starts: {did: A}}}
         campaigns: {c: {model: m, description: d, owner: o, mode: live, stepps: []}}
         ```

      ~~~yaml
      nudged_config: 1
      timezone: Mars/Olympus
      ~~~

      ```yaml fragment
      nonsense: true
      ```

      """
    try folder.write(page, to: "docs/page.md")
    let outcome = try await Program.run(["check", "--from-markdown", "docs/page.md"], in: folder)
    #expect(outcome.status == 1)
    Golden.expect(outcome.output, matches: "check-markdown.txt")
  }

  @Test func `a campaign test in Markdown is read as one`() async throws {
    let folder = try TemporaryFolder()
    let page = """
      ```yaml
      nudged_test: 1
      rules: [a.yaml]
      tests:
        - {name: t, starts_at: "2026-03-02T10:00:00Z", given: [{at: 1m, user: ana, track: A}], expect: {sent: []}}
      ```
      """
    try folder.write(page, to: "page.md")
    let outcome = try await Program.run(["check", "--from-markdown", "page.md"], in: folder)
    #expect(outcome.status == 1)
    #expect(outcome.output.hasPrefix("page.md:5:"))
    #expect(outcome.output.contains("error[bad-time]: `1m` is not a time of a test"))
  }

  @Test(arguments: [
    (["--from-markdown"], 64), (["--from-markdown", "none.md"], 66),
    (["--from-markdown", "empty.md"], 66),
    (["--from-markdown", "--history", "a.db", "empty.md"], 64),
  ])
  func `pages without anything to check are told`(arguments: [String], status: Int) async throws {
    let folder = try TemporaryFolder()
    try folder.write("# Nothing\n", to: "empty.md")
    let outcome = try await Program.run(["check"] + arguments, in: folder)
    #expect(outcome.status == Int32(status))
    #expect(outcome.output == "")
    #expect(outcome.notes != "")
  }

  @Test func `what the operator must not do is told too`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      nudged_config: 1
      timezone: UTC
      listen: {http: "0.0.0.0:8627"}
      channels:
        email: {webhook: "http://mail.example.com/hook", secret: credential:hook}

      """,
      to: "nudged.yaml"
    )
    try folder.write("nudged: 1\n", to: "rules/a.yaml")
    let outcome = try await Program.run(["check"], in: folder)
    #expect(outcome.status == 1)
    Golden.expect(outcome.output, matches: "check-unsafe-address.txt")
  }

  @Test func `the project's own documentation passes`() async throws {
    let docs = try FileManager.default.subpathsOfDirectory(atPath: Program.repository("docs"))
    let pages = ["README.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    let outcome = try await Program.run(
      ["check", "--deny-warnings", "--from-markdown"] + pages.map(Program.repository),
      in: try TemporaryFolder()
    )
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
