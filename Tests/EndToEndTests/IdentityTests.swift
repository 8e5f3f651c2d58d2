import Foundation
import NudgeTesting
import Testing

/// How the SDKs of one maker tell that a visitor is ana.
private struct Introduction: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Where its calls go.
  let path: String
  /// A visit of the visitor, with `ID` for its id and `GROUP` for the account.
  let visit: String
  /// What tells that the visitor is ana, who has a plan.
  let identify: String

  static let all = [
    Introduction(
      testDescription: "Segment's identify",
      path: "/v1/batch",
      visit: #"{"type":"track","messageId":"ID","anonymousId":"x","event":"Visited","#
        + #""context":{"groupId":"GROUP"}}"#,
      identify: #"{"type":"identify","messageId":"ID","userId":"ana","anonymousId":"x","#
        + #""traits":{"plan":"pro"}}"#
    ),
    Introduction(
      testDescription: "PostHog's $identify",
      path: "/batch/",
      visit: #"{"event":"Visited","uuid":"ID","distinct_id":"x","#
        + #""properties":{"$process_person_profile":false,"$groups":{"company":"GROUP"}}}"#,
      identify: #"{"event":"$identify","uuid":"ID","distinct_id":"ana","$set":{"plan":"pro"},"#
        + #""properties":{"$anon_distinct_id":"x"}}"#
    ),
    Introduction(
      testDescription: "PostHog's alias",
      path: "/e/",
      visit: #"{"event":"Visited","uuid":"ID","#
        + #""properties":{"distinct_id":"x","$process_person_profile":false,"#
        + #""$groups":{"company":"GROUP"}}}"#,
      identify: #"{"event":"$create_alias","uuid":"ID","distinct_id":"x","#
        + #""properties":{"alias":"ana"}},"#
        + #"{"event":"$set","uuid":"ID-2","distinct_id":"ana","$set":{"plan":"pro"}}"#
    ),
  ]

  func send(
    _ message: String,
    id: String,
    group: String = "",
    to daemon: DaemonProcess,
    _ key: String
  )
    throws
  {
    let named = message.replacing("ID", with: id).replacing("GROUP", with: group)
    let answer = try daemon.post(path, #"{"batch":[\#(named)]}"#, key: key)
    try #require(answer.status == 200 && !answer.body.contains("rejected"), "\(answer.body)")
  }
}

private func rules(more: String = "") -> String {
  """
  nudged: 1
  models:
    people:
      subject: user
      starts: {did: Visited}
      metrics:
        visits: {count: Visited}\(more)
    companies:
      subject: account
      starts: {did: Visited}
      metrics:
        visits: {count: Visited}
  campaigns:
    welcome:
      mode: live
      model: people
      who: {trait: {plan: pro}}
      steps:
        - {name: hello, immediately: true, send: email, template: hello}

  """
}

extension EndToEnd {
  struct `A visitor who turns out to be a person` {
    @Test(arguments: Introduction.all)
    private func `brings all events, progress and accounts along, once`(
      introduction: Introduction
    ) throws {
      let workspace = try Workspace()
      try workspace.write(rules: rules())
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      let (visit, identify) = (introduction.visit, introduction.identify)
      try introduction.send(visit, id: "v1", group: "acme", to: daemon, key)
      try introduction.send(visit, id: "v2", group: "zeta", to: daemon, key)
      let opened = visit.replacing("Visited", with: "Opened")
      try introduction.send(opened, id: "o1", group: "acme", to: daemon, key)
      #expect(workspace.outboxLines("email") == [])
      for _ in 0..<2 { try introduction.send(identify, id: "i1", to: daemon, key) }
      try introduction.send(visit, id: "v3", group: "acme", to: daemon, key)
      try introduction.send(identify, id: "i2", to: daemon, key)
      try workspace.expectProgress()

      daemon.send(SIGKILL)
      _ = try daemon.wait()
      let next = try workspace.start()
      try introduction.send(visit, id: "v3", group: "acme", to: next, key)
      try workspace.expectProgress()
      try workspace.expectNewMetric()
      #expect(try next.stop() == .exited(0))

      let replay = try workspace.nudged("replay", "--into", "again.db")
      #expect(replay.ending == .exited(0), "\(replay.output) \(replay.errors)")
    }
  }

  struct `A trait set once` {
    @Test func `stays until it is set, through reloads and restarts`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: rules())
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      let calls = [
        #""event":"$set_once","$set_once":{"source":"ad","plan":"free"}"#,
        #""event":"$set_once","$set_once":{"source":"mail"}"#,
        #""event":"Visited","$set":{"plan":"pro"},"properties":{"$set_once":{"city":"Oslo"}}"#,
        #""event":"$set_once","$set_once":{"plan":"team"}"#,
      ]
      for call in calls {
        let body = #"{"distinct_id":"ana",\#(call)}"#
        #expect(try daemon.post("/capture/", body, key: key).status == 200)
      }
      try workspace.expectTraits()
      #expect(try daemon.stop() == .exited(0))
      let next = try workspace.start()
      try workspace.expectTraits()
      #expect(try next.stop() == .exited(0))
      let export = try workspace.nudged("export", "events")
      try workspace.folder.write(export.output, to: "events.jsonl")
      let backtest = try workspace.nudged("backtest", "--events", "events.jsonl")
      #expect(
        backtest.output.contains("hello         1      1"),
        "\(backtest.output) \(backtest.errors)"
      )
    }
  }
}

extension Workspace {
  /// Three visits of ana, two of them within acme, and one message.
  fileprivate func expectProgress() throws {
    let ana = try nudged("user", "show", "ana", "--format", "json")
    #expect(ana.output.contains(#""visits":3"#), "\(ana.output) \(ana.errors)")
    for (account, visits) in [("acme", 2), ("zeta", 1)] {
      let shown = try nudged("account", "show", account, "--format", "json")
      #expect(shown.output.contains(#""visits":\#(visits)"#), "\(shown.output) \(shown.errors)")
    }
    try eventually("a line in the outbox") { !outboxLines("email").isEmpty }
    #expect(outboxLines("email").count == 1)
    #expect(outboxLines("email")[0].contains(#""id":"ana""#))
  }

  /// Facts that a reload fills from the log know who the visitor was.
  fileprivate func expectNewMetric() throws {
    try write(rules: rules(more: "\n      opened: {count: Opened}"))
    let reload = try nudged("reload", "--wait")
    #expect(reload.ending == .exited(0), "\(reload.output) \(reload.errors)")
    let ana = try nudged("user", "show", "ana", "--format", "json")
    #expect(ana.output.contains(#""visits":3,"opened":1"#), "\(ana.output) \(ana.errors)")
  }

  fileprivate func expectTraits() throws {
    let ana = try nudged("user", "show", "ana")
    for (name, value) in [("source", "ad"), ("plan", "pro"), ("city", "Oslo")] {
      #expect(ana.output.contains("\(name): \"\(value)\""), "\(ana.output)")
    }
  }
}
