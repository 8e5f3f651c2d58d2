import NudgeTesting
import Testing

@Suite struct CheckTests {
  private static let good = """
    nudged: 1
    models:
      m:
        subject: user
        starts: {did: Signed Up}
        milestones:
          a: {weight: 1, reached_when: {did: A}}
        activated_when: {milestones_reached: all}
    campaigns:
      c:
        description: d
        owner: o
        mode: live
        model: m
        who: {activated: false}
        while: {activated: false}
        steps: [{name: s, on_day: 1, at: "09:00", send: email, template: t}]

    """

  /// A rule that `check` warns of: an email that expires before a night is over.
  private static let warned =
    good.replacing("09:00", with: "22:00").replacing("t}]", with: "t, expires: 6h}]")

  @Test func `good rules are told in one line`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.good, to: "rules/a.yaml")
    let outcome = try await Program.run(["check"], in: folder)
    #expect(outcome.status == 0)
    #expect(outcome.output == "0 errors, 0 warnings in 1 file (1 campaign, 1 model).\n")
    #expect(outcome.notes == "")
  }

  @Test(arguments: [
    ([], "there is no folder rules\n"), (["empty"], "no rule file (*.yaml) below empty\n"),
  ])
  func `where no rules are it says where it looked`(paths: [String], reason: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "empty/notes.txt")
    let outcome = try await Program.run(["check"] + paths, in: folder)
    #expect(outcome.status == 66)
    #expect(outcome.output == "")
    #expect(outcome.notes.hasPrefix("nudged: no rules to check: "))
    #expect(outcome.notes.contains(reason))
  }

  @Test(arguments: [
    ("nudged_config: 1\ntimezone: UTC\n", "--config other.yaml"),
    ("nudged_test: 1\n", "nudged test other.yaml"),
  ])
  func `a file of another format is sent to where it belongs`(
    text: String,
    advice: String
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write(text, to: "other.yaml")
    let outcome = try await Program.run(["check", "other.yaml"], in: folder)
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.notes.hasSuffix("\(advice)\n"))
  }

  @Test func `settings that name a folder which is not there are told`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("nudged_config: 1\ntimezone: UTC\nrules: elsewhere\n", to: "nudged.yaml")
    let outcome = try await Program.run(["check"], in: folder)
    #expect(outcome.status == 66)
    #expect(outcome.notes.contains("there is no folder elsewhere\n"))
    #expect(outcome.notes.contains("the settings in nudged.yaml name it"))
  }

  @Test func `an error is shown with its place and exits 1`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.good.replacing("on_day", with: "on_dey"), to: "rules/a.yaml")
    let outcome = try await Program.run(["check", "rules"], in: folder)
    #expect(outcome.status == 1)
    #expect(
      outcome.output.hasPrefix(
        "rules/a.yaml:17:23: error[unknown-key]: unknown key `on_dey` in step `s`\n"
      )
    )
    #expect(outcome.output.contains("did you mean `on_day`?"))
    #expect(outcome.output.hasSuffix("Nothing was loaded.\n"))
  }

  @Test(arguments: [([], 0), (["--deny-warnings"], 1)])
  func `a warning fails only when it is asked to`(arguments: [String], status: Int) async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "timezone: UTC\nquiet_hours: {from: \"21:00\", to: \"08:00\"}\nnudged_config: 1\n",
      to: "nudged.yaml"
    )
    try folder.write(Self.warned, to: "rules/a.yaml")
    let outcome = try await Program.run(["check"] + arguments, in: folder)
    #expect(outcome.output.contains("warning[expires-shorter-than-quiet-hours]"))
    #expect(outcome.status == Int32(status))
  }

  @Test(arguments: [["nothing"], ["--config", "nothing.yaml"]])
  func `a path that does not exist exits 66`(arguments: [String]) async throws {
    let outcome = try await Program.run(["check"] + arguments, in: try TemporaryFolder())
    #expect(outcome.status == 66)
    #expect(outcome.output == "")
    #expect(outcome.notes.contains("nothing"))
  }

  @Test func `the settings of systemd's folder come before those of this one`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("nonsense: 1\n", to: "nudged.yaml")
    try folder.write("nudged_config: 1\ntimezone: UTC\nrules: here\n", to: "etc/nudged.yaml")
    try folder.write(Self.good, to: "etc/here/a.yaml")
    let outcome = try await Program.run(
      ["check"],
      in: folder,
      environment: ["CONFIGURATION_DIRECTORY": folder.path(of: "etc")]
    )
    #expect(outcome.output == "0 errors, 0 warnings in 1 file (1 campaign, 1 model).\n")
  }

  @Test func `programs get one JSON object`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.good.replacing("on_day", with: "on_dey"), to: "rules/a.yaml")
    let outcome = try await Program.run(["check", "--format", "json"], in: folder)
    #expect(outcome.status == 1)
    #expect(outcome.output.hasPrefix(#"{"diagnostics":[{"code":"unknown-key","level":"error""#))
    #expect(outcome.output.hasSuffix("}\n"))
  }

  @Test(arguments: [([], false), (["--color", "always"], true), (["--color", "never"], false)])
  func `colours are for terminals`(arguments: [String], isColoured: Bool) async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.good.replacing("on_day", with: "on_dey"), to: "rules/a.yaml")
    let outcome = try await Program.run(["check"] + arguments, in: folder)
    #expect(outcome.output.contains("\u{1B}[") == isColoured)
  }
}
