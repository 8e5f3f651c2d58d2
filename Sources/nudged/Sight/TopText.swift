import NudgeCore
import NudgeDaemon

/// One view of `nudged top` as people read it.
struct TopText {
  let view: TopView
  let output: OutputOptions

  /// Its lines.
  var lines: [String] {
    head + [""] + campaigns + [""] + channels
  }

  // MARK: The whole

  private var head: [String] {
    let state = view.isReady ? "ready" : "not ready"
    var table = Table([.left, .left])
    table.add(["nudged", "\(view.version), \(state), set \(view.ruleSet)"])
    table.add([
      "events",
      "\(rate(view.eventsPerSecond, "s")), \(view.events.grouped) taken, \(view.rejected.grouped) rejected, \(view.waitingEvents.grouped) waiting",
    ])
    table.add(["decisions", rate(view.decisionsPerSecond, "s")])
    table.add(["timers", "\(view.timersDue.grouped) due, next \(next)"])
    table.add([
      "process",
      "\(cpu), \(mebibytes(view.residentBytes)) in RAM, database \(mebibytes(view.databaseBytes))",
    ])
    if !view.problems.isEmpty {
      table.add([
        "problems",
        output.answer.styled(view.problems.joined(separator: ", "), .warning)
          + "; see nudged status",
      ])
    }
    return table.lines()
  }

  private var next: String {
    guard let next = view.nextDueAt else { return "none" }
    return next.text(in: .utc)
  }

  private var cpu: String { view.cpu.map { "\(Int(($0 * 100).rounded())) % of a core" } ?? "- CPU" }

  private func mebibytes(_ bytes: Int) -> String { "\((bytes / 1_048_576).grouped) MiB" }

  private func rate(_ value: Double?, _ unit: String) -> String {
    "\(value.map(TopView.rounded) ?? "-")/\(unit)"
  }

  // MARK: Tables

  private var campaigns: [String] {
    guard !view.campaigns.isEmpty else { return ["no campaign has decided anything yet"] }
    var table = Table([.left, .right, .right, .right, .right])
    table.add(["CAMPAIGN", "INSIDE", "DECISIONS/MIN", "DECISIONS", "SENT"])
    for line in view.campaigns {
      table.add([
        line.name, line.inside.map(\.grouped) ?? "-", line.perMinute.map(TopView.rounded) ?? "-",
        line.decisions.grouped, line.sent.grouped,
      ])
    }
    return table.lines(width: output.answer.width)
  }

  private var channels: [String] {
    guard !view.channels.isEmpty else { return ["nothing was delivered yet"] }
    var table = Table([.left, .right, .right, .right, .right, .right, .right, .left])
    table.add([
      "CHANNEL", "WAITING", "OLDEST", "DELIVERED/S", "DELIVERED", "FAILED", "DEAD", "STATE",
    ])
    for line in view.channels {
      table.add([
        line.name, line.waiting.grouped, "\(TopView.rounded(line.oldestSeconds)) s",
        line.perSecond.map(TopView.rounded) ?? "-", line.delivered.grouped, line.failed.grouped,
        line.dead.grouped, line.isDisabled ? "disabled" : "",
      ])
    }
    return table.lines(width: output.answer.width)
  }
}
