import NudgeTesting
import Testing

@Suite struct BacktestTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      """
      nudged: 1
      models:
        m:
          subject: user
          starts: {did: Signed Up}
          milestones:
            a: {weight: 1, reached_when: {did: A}}
          activated_when: {milestones_reached: all}
      campaigns:
        welcome:
          description: d
          owner: o
          mode: live
          model: m
          who: {activated: false}
          while: {activated: false}
          steps:
            - {name: hello, immediately: true, send: email, template: t}
            - {name: tip, on_day: 2, at: "09:00", send: email, template: t}
            - {name: late, on_day: 61, at: "00:00", send: cs-task, template: t}

      """,
      to: "rules/a.yaml"
    )
  }

  private func backtest(_ arguments: [String]) async throws -> Program.Outcome {
    try await Program.run(["backtest", "--format", "jsonl", "--quiet"] + arguments, in: folder)
  }

  private func event(_ user: String, _ name: String, _ time: String) -> String {
    #"{"type":"track","messageId":"\#(user)\#(name)","userId":"\#(user)","event":"\#(name)","#
      + #""timestamp":"\#(time)"}"# + "\n"
  }

  /// `at subject step reason` of each line.
  private func decisions(_ output: String) -> [String] {
    output.split(separator: "\n").map { line in
      ["at", "subject", "step", "reason"].map { key in
        line.firstRange(of: "\"\(key)\":\"").map { line[$0.upperBound...].prefix { $0 != "\"" } }
          ?? "?"
      }
      .joined(separator: " ")
    }
  }

  @Test func `a decision is a line with its keys in order`() async throws {
    try folder.write(event("ana", "Signed Up", "2026-03-02T10:00:00Z"), to: "e.ndjson")
    let outcome = try await backtest(["--events", "e.ndjson"])
    #expect(outcome.status == 0)
    #expect(outcome.notes == "")
    let first = outcome.output.prefix { $0 != "\n" }
    #expect(
      first.hasPrefix(
        #"{"at":"2026-03-02T10:00:00.000Z","subject":"user:ana","campaign":"welcome","step":"hello","#
          + #""enrolment":1,"occurrence":1,"outcome":"sent","reason":"sent","#
          + #""nominal_at":"2026-03-02T10:00:00.000Z","channel":"email","to":"user:ana","#
          + #""variant":null,"id":"iv_"#
      )
    )
  }

  @Test func `two message ids that only look the same are two events`() async throws {
    let (one, other) = ("caf\u{E9}", "cafe\u{301}")
    #expect(one == other)
    func event(_ id: String, _ user: String) -> String {
      #"{"type":"track","messageId":"\#(id)","userId":"\#(user)","event":"Signed Up","#
        + #""timestamp":"2026-03-02T10:00:00Z"}"# + "\n"
    }
    let events = event(one, "ana") + event(other, "ben") + event(one, "cem")
    try folder.write(events, to: "e.ndjson")
    let output = try await backtest(["--events", "e.ndjson"]).output
    #expect(output.contains("user:ana") && output.contains("user:ben"))
    #expect(!output.contains("user:cem"))
  }

  @Test func `it ends sixty days after the last event, and not before`() async throws {
    // Day 61 begins 60 days and 0 milliseconds after the last event, or one millisecond later.
    try folder.write(
      event("ana", "Signed Up", "2026-03-01T10:00:00Z") + event("ana", "B", "2026-03-02T00:00:00Z"),
      to: "in.ndjson"
    )
    try folder.write(
      event("ana", "Signed Up", "2026-03-01T10:00:00Z")
        + event("ana", "B", "2026-03-01T23:59:59.999Z"),
      to: "out.ndjson"
    )
    #expect(try await backtest(["--events", "in.ndjson"]).output.contains(#""step":"late""#))
    #expect(try await !backtest(["--events", "out.ndjson"]).output.contains(#""step":"late""#))
  }

  @Test func `events that arrive after --until are ignored, those at it are not`() async throws {
    try folder.write(
      event("ana", "Signed Up", "2026-03-02T10:00:00Z")
        + event("bo", "Signed Up", "2026-03-02T10:00:01Z"),
      to: "e.ndjson"
    )
    let until = try await backtest(["--events", "e.ndjson", "--until", "2026-03-02T10:00:00Z"])
    #expect(decisions(until.output) == ["2026-03-02T10:00:00.000Z user:ana hello sent"])
    let since = try await backtest(["--events", "e.ndjson", "--since", "2026-03-04"])
    #expect(
      decisions(since.output).first == "2026-03-04T09:00:00.000Z user:ana tip sent"
    )
  }

  @Test func `decisions of one instant stand by subject, campaign and step`() async throws {
    let names = ["zoe", "ana", "Bo", "émile"]
    try folder.write(
      names.map { event($0, "Signed Up", "2026-03-02T10:00:00Z") }.joined(),
      to: "e.ndjson"
    )
    let outcome = try await backtest(["--events", "e.ndjson", "--until", "2026-03-03"])
    #expect(
      decisions(outcome.output).map { $0.split(separator: " ")[1] }
        == ["user:Bo", "user:ana", "user:zoe", "user:émile"]
    )
  }

  @Test func `files out of order give what files in order give`() async throws {
    let lines = (0..<500).map { index in
      event(
        "u\(index)",
        "Signed Up",
        "2026-03-02T\(10 + index % 7):\(10 + index % 50):00.\(100 + index)Z"
      )
    }
    let sorted = lines.sorted { $0.suffix(30) < $1.suffix(30) }
    try folder.write(lines.joined(), to: "mixed.ndjson")
    try folder.write(sorted.joined(), to: "sorted.ndjson")
    try folder.write(sorted[..<250].joined(), to: "first.ndjson")
    try folder.write(sorted[250...].joined(), to: "second.ndjson")
    let expected = try await backtest(["--events", "sorted.ndjson"]).output
    #expect(expected.split(separator: "\n").count == 1000)
    #expect(try await backtest(["--events", "mixed.ndjson"]).output == expected)
    #expect(
      try await backtest(["--events", "second.ndjson", "first.ndjson"]).output == expected
    )
  }

  @Test func `rejected lines are counted and told`() async throws {
    let bad = "nonsense\n{}\n"
    try folder.write(bad + event("ana", "Signed Up", "2026-03-02T10:00:00Z"), to: "e.ndjson")
    let outcome = try await Program.run(["backtest", "--events", "e.ndjson"], in: folder)
    #expect(outcome.status == 0)
    #expect(outcome.notes.contains("e.ndjson:1: rejected[malformed-json]: "))
    #expect(outcome.notes.contains("e.ndjson:2: rejected[no-type]: "))
    #expect(
      outcome.notes.contains("Replaying 1 event, 2026-03-02 … 2026-03-02; 2 lines rejected\n")
    )
  }

  @Test(arguments: [
    (["--events", "nothing.ndjson"], 66), (["--events", "bad.ndjson"], 65),
    (["--events", "cut.gz"], 65), (["--events", "e.ndjson", "--rules", "bad.yaml"], 78),
    (["--events", "e.ndjson", "--rules", "nothing"], 66),
    (["--events", "e.ndjson", "--campaign", "welcom"], 64),
    (["--events", "e.ndjson", "--until", "tomorrow"], 64),
  ])
  func `what stops it has its exit status`(arguments: [String], status: Int) async throws {
    try folder.write(event("ana", "Signed Up", "2026-03-02T10:00:00Z"), to: "e.ndjson")
    try folder.write("nonsense\n", to: "bad.ndjson")
    try folder.write([0x1F, 0x8B, 8, 0], to: "cut.gz")
    try folder.write("nudged: 1\nnonsense: 1\n", to: "bad.yaml")
    let outcome = try await backtest(arguments)
    #expect(outcome.status == Int32(status))
    #expect(outcome.output == "")
    #expect(outcome.notes.hasPrefix("nudged: "))
  }

  @Test func `the table counts each step's decisions`() async throws {
    try folder.write(
      event("ana", "Signed Up", "2026-03-02T10:00:00Z")
        + event("bo", "Signed Up", "2026-03-02T10:00:00Z")
        + event("bo", "A", "2026-03-02T11:00:00Z"),
      to: "e.ndjson"
    )
    let outcome = try await Program.run(
      ["backtest", "--events", "e.ndjson", "--campaign", "welcome"],
      in: folder
    )
    Golden.expect(outcome.output, matches: "backtest-table.txt")
  }

  @Test func `progress at an instant comes after the decisions`() async throws {
    try folder.write(
      event("ana", "Signed Up", "2026-03-02T10:00:00Z") + event("ana", "A", "2026-03-05T10:00:00Z"),
      to: "e.ndjson"
    )
    let outcome = try await backtest(["--events", "e.ndjson", "--state-at", "2026-03-04T00:00:00Z"])
    let last = outcome.output.split(separator: "\n").last ?? ""
    #expect(
      last.hasPrefix(
        #"{"subject":"user:ana","model":"m","started_at":"2026-03-02T10:00:00.000Z","day":2,"#
          + #""milestones":{"a":null},"activated_at":null"#
      )
    )
    #expect(outcome.output.split(separator: "\n").count { $0.contains(#""model""#) } == 1)
  }
}
