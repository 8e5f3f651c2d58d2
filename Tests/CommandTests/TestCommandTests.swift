import Foundation
import NudgeTesting
import Testing

@Suite struct `nudged test` {
  /// The project's rules, and the campaign test of the specification beside them.
  private func example() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["onboarding", "trial", "plg", "csm"] {
      let path = Program.repository("rules/\(name).yaml")
      try folder.write(try String(contentsOfFile: path, encoding: .utf8), to: "rules/\(name).yaml")
    }
    let path = Program.repository("Tests/CommandTests/Fixtures/onboarding.test.yaml")
    try folder.write(
      try String(contentsOfFile: path, encoding: .utf8),
      to: "tests/onboarding.test.yaml"
    )
    return folder
  }

  /// A report without what depends on the machine.
  private func timeless(_ text: String) -> String {
    text.replacing(#/ +\d+ ms/#, with: "  N ms").replacing(#/\(\d+\.\d s\)/#, with: "(N s)")
  }

  @Test func `passes the test of the specification as it stands`() async throws {
    let outcome = try await Program.run(
      ["test", "tests"],
      in: try example(),
      environment: ["LANG": "C.UTF-8"]
    )
    #expect(outcome.status == 0)
    #expect(outcome.notes == "")
    Golden.expect(timeless(outcome.output), matches: "test-passed.txt")
  }

  @Test(arguments: ["text", "json", "junit", "tap"])
  func `tells failures in each form, and exits 1`(format: String) async throws {
    let folder = try example()
    let rules = try folder.read("rules/onboarding.yaml")
    try folder.write(
      rules.replacing("on_day: 3 ", with: "on_day: 4 "),
      to: "rules/onboarding.yaml"
    )
    let outcome = try await Program.run(
      ["test", "tests", "--run", "sleeps|Friday", "--format", format],
      in: folder,
      environment: ["LANG": "C.UTF-8"]
    )
    #expect(outcome.status == 1)
    let text = timeless(outcome.output)
      .replacing(/time="[0-9.]+"/, with: "time=\"N\"")
      .replacing(/"milliseconds":\d+/, with: "\"milliseconds\":0")
    Golden.expect(text, matches: "test-failed.\(format).txt")
  }

  @Test func `speaks ASCII where nothing else can be shown`() async throws {
    let outcome = try await Program.run(["test"], in: try example(), environment: ["LANG": "C"])
    #expect(outcome.status == 0)
    #expect(outcome.output.utf8.allSatisfy { $0 < 0x80 })
    #expect(outcome.output.contains("  ok   one milestone before day 3 takes them out"))
  }

  @Test(arguments: [
    (["nowhere"], 66, "there is no file or folder nowhere"),
    (["rules"], 65, "there is no *.test.yaml in rules"),
    (["tests", "--run", "nobody"], 65, "no test's name matches `nobody`"),
    (["tests", "--run", "("], 64, "--run is no regular expression"),
    (["tests", "--min-coverage", "101"], 64, "0 to 100"),
    (["tests", "--min-coverage", "90"], 1, "90 % are wanted"),
    (["tests", "--min-coverage", "20"], 0, ""),
  ])
  func `exits as told`(arguments: [String], status: Int32, note: String) async throws {
    let outcome = try await Program.run(["test"] + arguments, in: try example())
    #expect(outcome.status == status)
    #expect(note.isEmpty ? outcome.notes.isEmpty : outcome.notes.contains(note))
  }

  @Test(arguments: [
    ("[../rules/onboarding.yaml]", "[../rules/nothing*.yaml]", "no rule file matches"),
    ("nudged_test: 1", "nudged_test: 1\nrulez: []", "did you mean `rules`?"),
  ])
  func `tells wrong test files on stderr and exits 65`(
    old: String,
    new: String,
    message: String
  ) async throws {
    let folder = try example()
    let text = try folder.read("tests/onboarding.test.yaml")
    try folder.write(text.replacing(old, with: new), to: "tests/onboarding.test.yaml")
    let outcome = try await Program.run(["test", "tests"], in: folder)
    #expect(outcome.status == 65)
    #expect(outcome.output == "")
    #expect(outcome.notes.contains(message))
  }

  @Test func `rewrites lists when asked, and passes then`() async throws {
    let folder = try example()
    let text = try folder.read("tests/onboarding.test.yaml")
    try folder.write(
      text.replacing("+74h", with: "+75h").replacing("day 5 00:00", with: "day 6 00:00"),
      to: "tests/onboarding.test.yaml"
    )
    let update = try await Program.run(["test", "tests", "--update"], in: folder)
    #expect(update.status == 0)
    #expect(update.notes == "tests/onboarding.test.yaml: 2 lists rewritten; read the diff\n")
    #expect(try folder.read("tests/onboarding.test.yaml") == text)
    #expect(try await Program.run(["test", "tests"], in: folder).status == 0)
  }

  @Test func `lists what is not covered`() async throws {
    let outcome = try await Program.run(["test", "--coverage"], in: try example())
    #expect(outcome.output.contains("\n  never sent  fast-activators/power-user\n"))
    #expect(
      outcome.output.contains(
        "\n  never true  high-potential-not-activated: leave_when bought: did: Subscription Started\n"
      )
    )
  }
}

@Suite struct `nudged simulate` {
  private static let person = """
    nudged_person: 1
    user: ana
    starts_at: "2026-03-06T18:30:00-05:00"
    given:
      - {at: +0m, identify: {timezone: America/New_York, company_size: 50, role: founder}}
      - {at: +1m, track: Signed Up}
      - {at: day 4 12:00, track: Project Created}
      - {at: day 4 13:00, account: acme, track: Teammate Invited, properties: {email: a@example.com}}

    """

  @Test(arguments: ["text", "jsonl"])
  func `prints a person's timeline`(format: String) async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.person, to: "ana.yaml")
    let rules = Program.repository("rules/onboarding.yaml")
    let outcome = try await Program.run(
      ["simulate", "ana.yaml", "--rules", rules, "--format", format],
      in: folder,
      environment: ["LANG": "C.UTF-8"]
    )
    #expect(outcome.status == 0)
    #expect(outcome.notes == "")
    Golden.expect(outcome.output, matches: "simulate.\(format).txt")
  }

  @Test(arguments: [
    ("track: Signed Up", "tracked: Signed Up", 65, "unknown key `tracked`"),
    ("Signed Up", "Signed Off", 0, "Nobody enters a campaign here"),
    ("+1m", "1m", 65, "is not a time of a test"),
  ])
  func `says what is wrong with a person`(
    old: String,
    new: String,
    status: Int32,
    message: String
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.person.replacing(old, with: new), to: "ana.yaml")
    let rules = Program.repository("rules/onboarding.yaml")
    let outcome = try await Program.run(["simulate", "ana.yaml", "--rules", rules], in: folder)
    #expect(outcome.status == status)
    #expect(outcome.notes.contains(message))
  }

  @Test func `needs a person, and good rules`() async throws {
    let folder = try TemporaryFolder()
    #expect(try await Program.run(["simulate", "bob.yaml"], in: folder).status == 66)
    try folder.write(Self.person, to: "ana.yaml")
    try folder.write("nudged: 2\n", to: "rules/a.yaml")
    #expect(try await Program.run(["simulate", "ana.yaml"], in: folder).status == 78)
  }
}
