import Foundation
import Glibc
import NudgeTesting
import Testing

/// Rules with a score, and with a second message where it is asked for.
private func rules(more steps: String = "") -> String {
  """
  nudged: 1
  models:
    onboarding:
      subject: user
      starts: {did: Signed Up}
      milestones:
        project-created: {weight: 1, reached_when: {did: Project Created}}
        report-run: {weight: 1, reached_when: {did: Report Run}}
      activated_when: {milestones_reached: all}
      scores:
        use: {components: [{name: reached, max: 100, from: milestone_weights}]}
  campaigns:
    welcome:
      mode: live
      model: onboarding
      while: {activated: false}
      steps:
        - {name: hello, immediately: true, send: email, template: hello}
  \(steps)
  """
}

private let later = #"      - {name: later, on_day: 2, at: "09:00", send: email, template: later}"#

extension EndToEnd {
  struct `The past` {
    @Test func `is decided again as it was, through a crash, a stop and an edit`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: rules())
      let first = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try first.signUp(["ana", "bo"], key: key).status == 200)
      first.send(SIGKILL)
      _ = try first.wait()

      let second = try workspace.start()
      #expect(try second.signUp(["cem"], key: key).status == 200)
      try workspace.write(rules: rules(more: later))
      #expect(try workspace.nudged("reload", "--wait").ending == .exited(0))
      #expect(try second.signUp(["dan"], key: key).status == 200)
      let body = #"{"userId": "ana", "event": "Report Run", "messageId": "report"}"#
      #expect(try second.post("/v1/track", body, key: key).status == 200)
      try expectAnswers(workspace)
      #expect(try workspace.nudged("replay", "--into", "live.db").ending == .exited(0))
      #expect(try second.stop() == .exited(0))

      let third = try workspace.start()
      #expect(try third.signUp(["eve"], key: key).status == 200)
      #expect(try third.stop() == .exited(0))
      let replay = try workspace.nudged("replay", "--into", "rebuilt.db")
      #expect(replay.ending == .exited(0), "\(replay.output)\(replay.errors)")
      #expect(replay.output.hasSuffix("rebuilt.db is equal to what runs, byte for byte.\n"))
      try expectOfflineAnswers(workspace)
    }

    /// What the daemon answers about scores, decisions and the time before it began.
    private func expectAnswers(_ workspace: Workspace) throws {
      let score = try workspace.nudged("explain", "score", "ana", "use")
      #expect(score.output.contains("user:ana use (onboarding): 50 points"), "\(score.errors)")
      #expect(score.output.contains("by Report Run (report), "))
      let trace = try workspace.nudged("trace", try decision(of: "ana", workspace))
      #expect(trace.output.contains("caused by  event "), "\(trace.errors)")
      #expect(trace.output.contains("- {name: hello, immediately: true"))
      let before = try workspace.nudged("explain", "ana", "--at", "2020-01-01")
      #expect(before.ending == .exited(1))
      let unknown = try workspace.nudged("explain", "score", "ana", "usage")
      #expect(unknown.ending == .exited(1))
      #expect(unknown.errors.contains("no score is called usage"))
    }

    /// What the database answers without a daemon: the same.
    private func expectOfflineAnswers(_ workspace: Workspace) throws {
      let explained = try workspace.nudged("explain", "dan", "--db", "nudged.db")
      #expect(explained.output.contains("later  planned "), "\(explained.errors)")
      let asked = try workspace.nudged("trace", "iv_", "--db", "nudged.db")
      #expect(asked.ending == .exited(1))
      let users = try workspace.nudged("export", "users", "--db", "nudged.db")
      #expect(users.output.split(separator: "\n").count == 5)
      let table = try workspace.nudged("export", "decisions", "--format", "csv")
      #expect(table.output.hasPrefix("at,subject,campaign,step,"))

      let events = try workspace.nudged("export", "events")
      try workspace.folder.write(events.output, to: "events.jsonl")
      let fromFile = try workspace.nudged(
        "backtest",
        "--format",
        "jsonl",
        "--events",
        "events.jsonl"
      )
      let fromDatabase = try workspace.nudged("backtest", "--format", "jsonl")
      #expect(fromFile.output == fromDatabase.output)
      #expect(fromFile.output.split(separator: "\n").count == 10)
      let counts = try workspace.nudged("backtest", "--format", "json")
      #expect(counts.output.contains(#""step":"hello","planned":5,"sent":5"#))
    }

    private func decision(of person: String, _ workspace: Workspace) throws -> String {
      let lines = try workspace.nudged("export", "decisions").output.split(separator: "\n")
      let line = try #require(lines.first { $0.contains("user:\(person)") })
      let id = try #require(line.firstRange(of: #""id":""#))
      return String(line[id.upperBound...].prefix { $0 != "\"" })
    }
  }
}
