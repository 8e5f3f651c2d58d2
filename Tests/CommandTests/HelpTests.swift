import NudgeTesting
import Testing

@Suite struct HelpTests {
  @Test(arguments: [
    [], ["backtest"], ["check"], ["completions"], ["docs"], ["doctor"], ["events"],
    ["events", "list"],
    ["events", "rejected"], ["events", "show"], ["events", "tail"], ["explain"], ["export"],
    ["fmt"], ["health"], ["ingest"], ["keys"], ["keys", "new"], ["man"], ["outbox"],
    ["outbox", "drop"],
    ["outbox", "list"], ["outbox", "retry"], ["replay"], ["schema"], ["simulate"], ["status"],
    ["test"], ["top"],
    ["trace"], ["user", "forget"], ["version"],
  ])
  func `every command says what it does`(command: [String]) async throws {
    let folder = try TemporaryFolder()
    let help = try await Program.run(command + ["--help"], in: folder)
    #expect(help.status == 0)
    #expect(help.notes == "")
    let name = (["help"] + command).joined(separator: "-") + ".txt"
    Golden.expect(help.output, matches: name)
  }

  @Test(arguments: [
    ["nonsense"], ["check", "--nonsense"], ["keys", "new"], ["keys", "new", "nonsense"],
    ["docs", "nonsense"], ["schema", "nonsense"], ["export"], ["export", "people"], ["replay"],
    ["ingest"], ["ingest", "-", "-"], ["ingest", "a.csv", "--map", "email"],
    ["ingest", "a.csv", "--map", "email=nonsense"], ["ingest", "a.csv", "--set", "event"],
    ["ingest", "a", "--input", "jsonl", "--map", "a=userId"], ["events", "list", "--limit", "0"],
    ["events", "list", "--type", "x"], ["events", "show"],
    ["trace"], ["explain", "score"], ["explain", "ana", "welcome", "more"],
    ["backtest", "--events", "e", "--db", "d"],
    ["backtest", "--events", "e", "--state-at", "2026-03-01"],
  ])
  func `wrong arguments are told on stderr and exit 64`(arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Program.run(arguments, in: folder)
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.notes != "")
  }
}
