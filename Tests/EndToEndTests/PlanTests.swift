import Foundation
import NudgeCore
import NudgeTesting
import Testing

private let guide = #"{name: guide, on_day: 3, at: "09:00", send: email, template: guide}"#
private let people = ["ana", "bo", "cy"]

/// A running daemon with three people who wait for the guide on day 3.
private func started() throws -> (workspace: Workspace, daemon: DaemonProcess) {
  let workspace = try Workspace()
  try workspace.write(rules: SampleRules.welcome(["email"], more: [guide]))
  let daemon = try workspace.start()
  #expect(try daemon.signUp(people, key: try workspace.ingestKey).status == 200)
  return (workspace, daemon)
}

/// Edits the rules in place.
private func edit(_ workspace: Workspace, _ steps: [String]) throws {
  try workspace.write(rules: SampleRules.welcome(["email"], more: steps))
}

/// What becomes of people, as a plan in JSON tells it.
private func effect(in answer: CommandAnswer) throws -> NSDictionary? {
  #expect(answer.ending == .exited(0), "\(answer.errors)")
  let people = try object(answer.output)["people"] as? [String: Any]
  return people?["campaigns"] as? NSDictionary
}

extension EndToEnd {
  struct `A plan` {
    @Test func `counts what then happens`() throws {
      let (workspace, daemon) = try started()
      try edit(workspace, [guide.replacing("on_day: 3", with: "on_day: 2")])
      let kept = try workspace.nudged("plan", "-o", "plan.json", "--people")
      #expect(kept.ending == .exited(0), "\(kept.errors)")
      #expect(kept.output.contains("~ step guide"), "\(kept.output)")
      #expect(kept.output.contains("on_day: 3 → 2") || kept.output.contains("on_day: 3 -> 2"))
      #expect(
        kept.output.contains("3 people have it planned: 3 move one day earlier"),
        "\(kept.output)"
      )
      #expect(kept.output.contains("ana, bo, cy"))

      let applied = try workspace.nudged("apply", "plan.json")
      #expect(applied.ending == .exited(0), "\(applied.errors)")
      for person in people {
        try eventually("the guide of \(person) is planned again") {
          try decided(of: person, daemon, workspace).contains("guide cancelled.re-planned")
        }
      }
      let again = try workspace.nudged("plan", "--exit-code")
      #expect(again.ending == .exited(0), "\(again.output)")
      #expect(again.output.hasPrefix("No changes"))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `leaves what runs alone`() throws {
      let (workspace, daemon) = try started()
      try edit(workspace, [])
      let plan = try workspace.nudged("plan", "--exit-code")
      #expect(plan.ending == .exited(2))
      #expect(plan.output.contains("- step guide"), "\(plan.output)")
      #expect(plan.output.contains("3 planned steps cancelled (cancelled.removed)"))
      #expect(try decided(of: "ana", daemon, workspace) == ["hello-email sent"])
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `counts the same with and without the daemon`() throws {
      let (workspace, daemon) = try started()
      try edit(workspace, [guide.replacing("on_day: 3", with: "on_day: 2")])
      let live = try effect(in: workspace.nudged("plan", "--format", "json"))
      #expect(try daemon.stop() == .exited(0))
      let offline = try workspace.nudged("plan", "--format", "json", "--db", "nudged.db")
      #expect(try effect(in: offline) == live)
      #expect(live != nil)
    }

    @Test func `with more new sends than it may make exits 1`() throws {
      let (workspace, daemon) = try started()
      let more = #"{name: more, on_day: 4, at: "09:00", send: email, template: more}"#
      try edit(workspace, [guide, more])
      #expect(try workspace.nudged("plan", "--max-new-sends", "3").ending == .exited(0))
      #expect(try workspace.nudged("plan", "--max-new-sends", "2").ending == .exited(1))
      let apply = try workspace.nudged("apply", "--yes", "--max-new-sends", "2")
      #expect(apply.ending == .exited(1))
      #expect(apply.errors.contains("3 new sends"), "\(apply.errors)")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `of broken rules names the place`() throws {
      let (workspace, daemon) = try started()
      try edit(workspace, [guide.replacing("on_day", with: "on_dey")])
      let plan = try workspace.nudged("plan")
      #expect(plan.ending == .exited(78))
      #expect(plan.errors.contains("did you mean `on_day`?"), "\(plan.errors)")
      #expect(try workspace.nudged("plan", "nowhere").ending == .exited(66))
      #expect(try daemon.stop() == .exited(0))
    }
  }

  struct `An apply` {
    @Test func `refuses when the files were edited since`() throws {
      let (workspace, daemon) = try started()
      try edit(workspace, [guide.replacing("on_day: 3", with: "on_day: 2")])
      #expect(try workspace.nudged("plan", "-o", "plan.json").ending == .exited(0))
      try edit(workspace, [guide.replacing("on_day: 3", with: "on_day: 5")])
      let apply = try workspace.nudged("apply", "plan.json")
      #expect(apply.ending == .exited(1))
      #expect(apply.errors.contains("rules/welcome.yaml was edited"), "\(apply.errors)")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `refuses when other rules run`() throws {
      let (workspace, daemon) = try started()
      let sooner = guide.replacing("on_day: 3", with: "on_day: 2")
      try edit(workspace, [sooner])
      #expect(try workspace.nudged("plan", "-o", "plan.json").ending == .exited(0))
      #expect(try workspace.nudged("apply", "plan.json").ending == .exited(0))
      let again = try workspace.nudged("apply", "plan.json")
      #expect(again.ending == .exited(1))
      #expect(again.errors.contains("no longer those of the plan"), "\(again.errors)")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `wants a rename without was confirmed`() throws {
      let (workspace, daemon) = try started()
      try edit(workspace, [guide.replacing("name: guide", with: "name: help")])
      #expect(try workspace.nudged("plan", "-o", "plan.json").output.contains("write `was: guide`"))
      let apply = try workspace.nudged("apply", "plan.json")
      #expect(apply.ending == .exited(1))
      #expect(apply.errors.contains("--confirm-rename help"), "\(apply.errors)")
      let confirmed = try workspace.nudged("apply", "plan.json", "--confirm-rename", "help")
      #expect(confirmed.ending == .exited(0), "\(confirmed.errors)")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `of what is no plan is bad data`() throws {
      let workspace = try Workspace()
      try workspace.folder.write("{}", to: "plan.json")
      #expect(try workspace.nudged("apply", "plan.json").ending == .exited(65))
      #expect(try workspace.nudged("apply", "nothing.json").ending == .exited(66))
    }
  }

  struct `A list` {
    @Test func `shows whom an expression holds of`() throws {
      let (workspace, daemon) = try started()
      let list = try workspace.nudged(
        "user",
        "list",
        "--where",
        "missing project-created and day = 0",
        "--format",
        "csv"
      )
      #expect(list.ending == .exited(0), "\(list.errors)")
      #expect(list.output.split(separator: "\n").count == 4, "\(list.output)")
      let none = try workspace.nudged("user", "list", "--where", "activated")
      #expect(none.ending == .exited(0))
      #expect(none.output == "")
      #expect(none.errors.contains("No user matches"))
      let bad = try workspace.nudged("user", "list", "--where", "day >")
      #expect(bad.ending == .exited(64))
      #expect(bad.errors.contains("--where:1:6: error"), "\(bad.errors)")
      #expect(try daemon.stop() == .exited(0))
    }
  }
}

/// The steps that were decided about a person, each with its reason.
private func decided(
  of user: String,
  _ daemon: DaemonProcess,
  _ workspace: Workspace
) throws -> [String] {
  let answer = try daemon.get("/v1/users/\(user)/decisions", key: try workspace.adminKey)
  let list = try object(answer.body)["decisions"] as? [[String: Any]]
  return (list ?? []).map { "\($0["step"] ?? "") \($0["reason"] ?? "")" }
}
