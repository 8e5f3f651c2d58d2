import Foundation
import Glibc
import NudgeTesting
import Testing

extension EndToEnd {
  struct `A backup` {
    @Test func `is made while the daemon runs, and a restore goes on without doubling lines`()
      throws
    {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let first = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try first.signUp(["ana", "bo"], key: key).status == 200)
      try eventually("two lines") { workspace.outboxLines("email").count == 2 }
      let backup = try workspace.nudged("db", "backup", "backup.db")
      #expect(backup.ending == .exited(0), "\(backup.errors)")
      #expect(backup.output.contains("2 events, 2 decisions, looked through"))
      // What comes after the backup is in the file, and in no database soon.
      #expect(try first.signUp(["cem", "dan"], key: key).status == 200)
      try eventually("four lines") { workspace.outboxLines("email").count == 4 }
      #expect(try first.stop() == .exited(0))
      try restore("backup.db", in: workspace)

      let second = try workspace.start()
      #expect(
        second.log.contains("database was restored, its outbox file goes on channel=email count=2")
      )
      // The sender tries again what it does not know to be taken.
      #expect(try second.signUp(["cem", "dan", "eve"], key: key).status == 200)
      try eventually("one more line") { workspace.outboxLines("email").count >= 5 }
      #expect(try workspace.nudged("db", "check").ending == .exited(0))
      #expect(try second.stop() == .exited(0))
      let ids = try workspace.outboxLines("email").map(interventionID)
      #expect(ids.count == 5)
      #expect(Set(ids).count == 5)
      let outbox = workspace.folder.path(of: "outbox")
      #expect(try FileManager.default.contentsOfDirectory(atPath: outbox) == ["email.jsonl"])
    }

    @Test func `goes on through segments that were finished since`() throws {
      let workspace = try Workspace(
        settings: """
          nudged_config: 1
          timezone: UTC
          listen: {http: "127.0.0.1:0", control: control.sock}
          store: {path: nudged.db}
          channels:
            email: {kind: message, file: outbox/email.jsonl, expires: 24h, rotate: {size: 2KB}}
          """
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let first = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try first.signUp(["ana"], key: key).status == 200)
      try eventually("a line") { workspace.outboxLines("email").count == 1 }
      #expect(try workspace.nudged("db", "backup", "backup.db").ending == .exited(0))
      let later = (0..<12).map { "later\($0)" }
      for user in later { #expect(try first.signUp([user], key: key).status == 200) }
      try eventually("thirteen lines") { try lines(workspace).count == 13 }
      #expect(try first.stop() == .exited(0))
      try restore("backup.db", in: workspace)
      let second = try workspace.start()
      #expect(try second.signUp(later + ["eve"], key: key).status == 200)
      try eventually("one more line") { try lines(workspace).count >= 14 }
      #expect(try second.stop() == .exited(0))
      let ids = try lines(workspace).map(interventionID)
      #expect(ids.count == 14)
      #expect(Set(ids).count == 14)
    }

    private func lines(_ workspace: Workspace) throws -> [String] {
      let folder = workspace.folder.path(of: "outbox")
      return try FileManager.default.contentsOfDirectory(atPath: folder).flatMap { name in
        // A file may get its last name between the look at the folder and that at the file.
        let text = (try? workspace.folder.read("outbox/\(name)")) ?? ""
        return text.split(separator: "\n").map(String.init)
      }
    }

    /// As the page for operators says.
    private func restore(_ backup: String, in workspace: Workspace) throws {
      for end in ["", "-wal", "-shm"] { unlink(workspace.folder.path(of: "nudged.db" + end)) }
      try FileManager.default.copyItem(
        atPath: workspace.folder.path(of: backup),
        toPath: workspace.folder.path(of: "nudged.db")
      )
    }
  }

  struct `A database` {
    @Test func `is left alone by commands that write while a daemon runs on it`() throws {
      let workspace = try Workspace()
      let daemon = try workspace.start()
      let answer = try workspace.nudged("db", "vacuum")
      #expect(answer.ending == .exited(75))
      #expect(answer.errors.contains("nudged.db is in use by a daemon, process "))
      #expect(try workspace.nudged("db", "migrate").ending == .exited(0))
      let second = try workspace.spawnDaemon()
      #expect(try second.process.wait(within: .seconds(10)) == .exited(75))
      let said = try String(contentsOfFile: second.log, encoding: .utf8)
      #expect(said.contains(/nudged.db is in use by process \d+; only one nudged may write it/))
      #expect(try daemon.stop() == .exited(0))
      #expect(try workspace.nudged("db", "vacuum").ending == .exited(0))
    }

    @Test(arguments: [
      (["db", "check"], "x.db", 74), (["db", "backup", "y.db"], "x.db", 74),
      (["db", "migrate"], "x.db", 74), (["export", "events"], "x.db", 74),
      (["check", "rules", "--history"], "x.db", 74), (["db", "check"], "none.db", 66),
      (["db", "backup", "y.db"], "none.db", 66), (["db", "vacuum"], "none.db", 66),
      (["export", "events"], "none.db", 66), (["check", "rules", "--history"], "none.db", 66),
    ])
    func `that is none, or is not there, ends every command alike`(
      words: [String],
      database: String,
      status: Int32
    ) throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      try workspace.folder.write(String(repeating: "no database\n", count: 500), to: "x.db")
      let path = words.last == "--history" ? [database] : ["--db", database]
      let answer = try workspace.run(words + path)
      #expect(answer.ending == .exited(status), "\(answer.errors)")
      #expect(answer.errors.contains(database))
    }

    @Test func `that is damaged while it is used ends the daemon, and is told of`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let first = try workspace.start()
      let key = try workspace.ingestKey
      for batch in 0..<20 {
        let users = (0..<50).map { "u\(batch)-\($0)" }
        #expect(try first.signUp(users, key: key).status == 200)
      }
      #expect(try first.stop() == .exited(0))
      let second = try workspace.start()
      #expect(truncate(workspace.folder.path(of: "nudged.db"), 4096) == 0)
      var statuses: [Int] = []
      for number in 0..<200 {
        guard let answer = try? second.signUp(["late\(number)"], key: key) else { break }
        statuses.append(answer.status)
        if answer.status != 200 { break }
      }
      #expect(try second.wait(within: .seconds(15)) == .exited(74))
      #expect(statuses.allSatisfy { [200, 503].contains($0) })
      #expect(second.log.contains("the database cannot be relied on"))
    }

    @Test func `drops what is older than is kept, and goes on`() throws {
      let workspace = try Workspace(
        settings: """
          nudged_config: 1
          timezone: UTC
          listen: {http: "127.0.0.1:0", control: control.sock}
          store: {path: nudged.db, keep_events: 30 days, keep_decisions: 30 days}
          channels:
            email: {kind: message, file: outbox/email.jsonl, expires: 24h}
          """
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let first = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try first.signUp(["ana", "bo", "cem"], key: key).status == 200)
      #expect(try first.stop() == .exited(0))
      try age(workspace, byDays: 40)

      let second = try workspace.start()
      try eventually("the log begins later") {
        let status = try object(try workspace.nudged("status", "--format", "json").output)
        return status["log_begins_at"] is String
      }
      let card = try workspace.nudged("user", "show", "ana")
      #expect(card.output.contains("onboarding"))
      // Who was greeted then is not greeted again.
      #expect(try second.signUp(["ana"], key: key).status == 200)
      #expect(try second.signUp(["dan"], key: key).status == 200)
      try eventually("dan's line") { workspace.outboxLines("email").count == 4 }
      let replay = try workspace.nudged("replay", "--into", "again.db")
      #expect(replay.ending == .exited(65))
      #expect(replay.errors.contains("are no longer kept (store.keep_events)"))
      let past = try workspace.nudged("explain", "ana", "--at", "2026-01-01")
      #expect(past.ending == .exited(1))
      #expect(try workspace.nudged("db", "check").ending == .exited(0))
      #expect(try second.stop() == .exited(0))
      #expect(workspace.outboxLines("email").count == 4)
    }

    /// Lets everything in a database have happened earlier.
    private func age(_ workspace: Workspace, byDays days: Int) throws {
      let milliseconds = days * 86_400_000
      let script = """
        import sqlite3
        base = sqlite3.connect("nudged.db")
        for table, column in [("events", "arrived_at"), ("decisions", "at"), ("acts", "at"), ("logical_clock", "now")]:
            base.execute(f"UPDATE {table} SET {column} = {column} - \(milliseconds)")
        base.execute("UPDATE logical_clock SET beat_at = NULL")
        base.commit()
        """
      let process = try ChildProcess(
        "/usr/bin/python3",
        ["-c", script],
        in: workspace.folder.path,
        output: "/dev/null",
        errors: workspace.folder.path(of: "age.err")
      )
      #expect(try process.wait(within: .seconds(20)) == .exited(0))
    }
  }
}
