import Glibc
import NudgeStore
import NudgeTesting
import Testing

extension EndToEnd {
  struct `Files of events` {
    private static let rows = 20_000

    /// Rows of a table, of which every thousandth is about nobody.
    private var table: String {
      let rows = (2...Self.rows + 1).map { line in
        let id = line.isMultiple(of: 1000) ? "" : "u\(line % 500)"
        return "\(id),Use,2026-03-01T10:00:00Z,\(line)\n"
      }
      return "userId,event,timestamp,properties.n\n" + rows.joined()
    }

    @Test func `a load that is killed goes on, with nothing lost and nothing twice`() throws {
      let workspace = try Workspace()
      try workspace.folder.write(table, to: "events.csv")
      let daemon = try workspace.start()
      for round in 0..<3 {
        let process = try ChildProcess(
          Workspace.program,
          ["ingest", "events.csv"],
          in: workspace.folder.path,
          output: workspace.folder.path(of: "killed.out"),
          errors: workspace.folder.path(of: "killed.err")
        )
        try eventually("part of the file in the log") {
          try events(workspace) > round * 5000 || process.ending != nil
        }
        process.send(SIGKILL)
        _ = try process.wait(within: .seconds(10))
      }
      let last = try workspace.nudged("ingest", "events.csv")
      #expect(last.ending == .exited(65), "\(last.errors)")
      #expect(last.errors.contains("events.csv: going on after line "))
      #expect(try events(workspace) == Self.rows - Self.rows / 1000)
      let again = try workspace.nudged("ingest", "events.csv")
      #expect(again.output == "events.csv: 0 events taken, 0 lines rejected\n")
      #expect(again.ending == .exited(0))
      #expect(try daemon.stop() == .exited(0))
      let numbers = try workspace.nudged("events", "list", "--limit", "1000000", "--format", "csv")
      #expect(Set(numbers.output.split(separator: "\n")).count == Self.rows - Self.rows / 1000 + 1)
    }

    private func events(_ workspace: Workspace) throws -> Int {
      try History(path: workspace.folder.path(of: "nudged.db")).read { try $0.extent().events }
    }

    @Test func `what was taken and what not can be listed, shown and followed`() throws {
      let workspace = try Workspace()
      try workspace.folder.write(
        "userId,event,timestamp\nana,Signed Up,2026-03-01\nbo,Use,2026-03-02\n,Use,2026-03-03\n",
        to: "a.csv"
      )
      let daemon = try workspace.start()
      #expect(try workspace.nudged("ingest", "a.csv").ending == .exited(65))
      let list = try workspace.nudged("events", "list", "--utc")
      #expect(list.output.contains("Sun 2026-03-01 00:00 UTC   ana       Signed Up   line_"))
      let one = try workspace.nudged("events", "list", "--user", "bo", "--format", "jsonl")
      #expect(one.output.split(separator: "\n").count == 1)
      let id = try #require(one.output.firstMatch(of: /line_[0-9a-f]+/)).output
      #expect(
        try workspace.nudged("events", "show", String(id.prefix(20))).output.contains("userId")
      )
      let none = try workspace.nudged("events", "list", "--event", "Signed up")
      #expect(none.errors.contains("did you mean `Signed Up`?"))
      let rejected = try workspace.nudged("events", "rejected")
      #expect(rejected.output.contains("no-id: a message needs `userId` or `anonymousId`\n    {"))
      #expect(try workspace.nudged("events", "show", "nothing").ending == .exited(1))
      #expect(try tail(workspace).contains("ana  Signed Up"))
      #expect(try daemon.stop() == .exited(0))
      #expect(try workspace.nudged("events", "tail").ending == .exited(69))
    }

    private func tail(_ workspace: Workspace) throws -> String {
      let output = workspace.folder.path(of: "tail.out")
      let process = try ChildProcess(
        Workspace.program,
        ["events", "tail", "--user", "ana"],
        in: workspace.folder.path,
        output: output,
        errors: workspace.folder.path(of: "tail.err")
      )
      try eventually("line of tail") { try workspace.folder.read("tail.out").contains("\n") }
      process.send(SIGINT)
      #expect(try process.wait(within: .seconds(10)) == .exited(130))
      return try workspace.folder.read("tail.out")
    }
  }
}
