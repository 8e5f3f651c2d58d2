import NudgeTesting
import Testing

@Suite struct HistoryTests {
  @Test(arguments: [
    (["replay", "--into", "new.db"], "there is no database nudged.db"),
    (["export", "users"], "there is no database nudged.db"),
    (["backtest"], "there is no database nudged.db"),
    (["trace", "iv_1", "--db", "other.db"], "there is no database other.db"),
    (["explain", "ana", "--db", "other.db"], "there is no database other.db"),
  ])
  func `a database that is not there is named, and none is made`(
    arguments: [String],
    message: String
  ) async throws {
    let folder = try TemporaryFolder()
    try folder.write("nudged: 1\n", to: "rules/a.yaml")
    let outcome = try await Program.run(arguments, in: folder)
    #expect(outcome.status == 66)
    #expect(outcome.notes.contains(message))
    let again = try await Program.run(["replay", "--into", "new.db", "--db", "x"], in: folder)
    #expect(again.notes.contains("there is no database x"))
  }

  @Test func `a replay writes over nothing`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "new.db")
    try folder.write("", to: "nudged.db")
    let outcome = try await Program.run(["replay", "--into", "new.db"], in: folder)
    #expect(outcome.status != 0)
    #expect(try folder.read("new.db") == "mine")
  }

  @Test func `a repeat far from its first is left out, whatever file it is in`() async throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      nudged: 1
      models:
        m: {subject: user, starts: {did: Signed Up}, metrics: {uses: {count: Use}}}
      """,
      to: "rules/a.yaml"
    )
    func line(_ id: Int, _ name: String, day: Int) -> String {
      let time = "2026-03-\(day < 10 ? "0" : "")\(day)T10:00:00Z"
      return #"{"type":"track","messageId":"\#(id)","userId":"ana","event":"\#(name)","#
        + #""timestamp":"2026-03-01T10:00:00Z","receivedAt":"\#(time)"}"# + "\n"
    }
    let first = (1...20).map { line($0, $0 == 1 ? "Signed Up" : "Use", day: 1 + $0) }
    let second = (5...9).map { line($0, "Use", day: $0) } + [line(20, "Use", day: 30)]
    try folder.write(first.reversed().joined(), to: "a.ndjson")
    try folder.write(second.joined(), to: "b.ndjson")
    let outcome = try await Program.run(
      [
        "backtest", "--format", "jsonl", "--state-at", "2026-04-01", "--events", "a.ndjson",
        "b.ndjson",
      ],
      in: folder
    )
    #expect(outcome.output.contains(#""uses":19"#), "\(outcome.output)\(outcome.notes)")
  }
}
