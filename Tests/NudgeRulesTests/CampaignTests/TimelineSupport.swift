import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// A folder with one campaign and a test of it.
struct TestFolder {
  let folder: TemporaryFolder

  /// A campaign with a greeting and a mail of the first working day.
  static let rules = """
    nudged: 1

    models:
      trial:
        subject: user
        starts: {did: Signed Up}
        milestones:
          project: {reached_when: {did: Project Created}}
          team: {reached_when: {did: Teammate Invited, times: {at_least: 2}}}
        activated_when: {milestones_reached: all}
        pace:
          - {name: fast, by_day: 3}
          - {name: slow, otherwise: true}

    campaigns:
      welcome:
        model: trial
        who: {trait: {plan: free}}
        while: {missing: [project, team]}
        leave_when:
          - {name: bought, did: Subscription Started}
        steps:
          - {name: hello, immediately: true, send: email, template: hello}
          - {name: help, on_day: 1, at: "09:00", days: weekdays, send: email, template: help}

    """

  /// A test of them that holds.
  static let test = """
    nudged_test: 1
    rules: [rules.yaml]
    settings: {timezone: America/New_York}

    people:
      ana: {timezone: America/New_York, plan: free}

    tests:
      - name: help comes on Monday
        starts_at: "2026-03-06T18:30:00-05:00"
        given:
          - {at: +1m, user: ana, track: Signed Up}
          - {at: +2h, user: ana, track: Project Created}
        expect:
          sent:
            - {at: +1m, campaign: welcome, step: hello, to: ana}
            - {at: day 3 09:00, campaign: welcome, step: help, to: ana}  # Monday
          not_sent:
            - {at: +2m, campaign: welcome, step: help, to: bob}
          state:
            - {at: day 1 12:00, user: ana, milestones: [project], pace: pending}

    """

  /// These rules, and this test of them.
  init(rules: String = rules, test: String = test) throws {
    folder = try TemporaryFolder()
    try folder.write(rules, to: "rules.yaml")
    try folder.write(test, to: "welcome.test.yaml")
  }

  /// The test file as it is shown to people.
  func load() throws -> LoadedTests {
    let path = folder.path(of: "welcome.test.yaml")
    let source = SourceFile(path: path, text: try folder.read("welcome.test.yaml"))
    return try LoadedTests.load(source, zones: SampleZones.table)
  }

  /// What is wrong with the file, as people read it.
  func diagnostics() throws -> String {
    let tests = try load()
    return DiagnosticPrinter(files: tests.files).text(of: tests.diagnostics)
      .replacing(folder.path + "/", with: "")
  }

  /// The failures of its tests, as people read them.
  func failures() throws -> String {
    let tests = try load()
    let diagnostics = try diagnostics()
    try #require(!tests.hasErrors, "\(diagnostics)")
    return tests.tests.flatMap { tests.run($0).failures }
      .flatMap { $0.lines(in: "welcome.test.yaml", usesSymbols: true) }
      .map { $0 + "\n" }.joined()
  }
}
