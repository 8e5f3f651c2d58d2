import NudgeCore
import NudgeDaemon
import NudgeStore

/// What the demo prints: each intervention as it happens, and a summary.
struct DemoReport {
  let store: Store
  let engine: Engine
  let terminal: Terminal

  /// One intervention: local time, who, campaign and step, why in half a line.
  func line(for decision: Decision) throws -> String {
    let world = try store.world(around: decision.subject, for: engine, at: decision.at) ?? World()
    let told = engine.explanation(
      of: decision.subject,
      campaign: decision.campaign,
      in: world,
      decisions: [],
      now: decision.at
    )
    let time = decision.at.text(in: told.zone)
    let what = terminal.styled("\(decision.campaign)/\(decision.step)", .bold)
    return
      "\(padded(time, 25)) \(padded(decision.subject.id, 8)) \(what) → \(decision.channel ?? "tag")  \(why(decision, world))"
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func why(_ decision: Decision, _ world: World) -> String {
    let campaign = engine.rules.set.campaigns.first { $0.name == decision.campaign }
    let step = campaign?.steps.first { $0.name == decision.step }
    guard let campaign, let onlyIf = step?.onlyIf,
      let tree = engine.tree(
        of: onlyIf,
        in: campaign,
        for: decision.subject,
        world: world,
        now: decision.at
      )
    else { return "not activated yet" }
    return tree.line(style: TextStyle(usesSymbols: terminal.isUnicode), in: .utc)
  }

  /// How it all came out.
  func summary(at now: Timestamp) throws -> [String] {
    let cards = try store.subjects(of: .user).flatMap { subject -> [ProgressCard] in
      guard let world = try store.world(around: subject, for: engine, at: now) else { return [] }
      return engine.progress(of: subject, in: world, now: now)
    }
    let overview = try store.overview(at: now)
    var lines = [
      "",
      "\(overview.events.grouped) events from \(overview.people.grouped) people in \(overview.accounts.grouped) accounts; \(cards.count.grouped) started a trial",
    ]
    lines += shares("levels", cards.map { $0.segment ?? "none" }, order: levels)
    lines += shares("pace", cards.map { $0.pace ?? "none" }, order: [])
    lines += milestones(cards)
    lines += try decisions()
    return lines
  }

  private var levels: [String] {
    engine.rules.set.models.flatMap(\.segments).map(\.name)
  }

  private func shares(_ title: String, _ names: [String], order: [String]) -> [String] {
    let counts = Dictionary(grouping: names) { $0 }.mapValues(\.count)
    let known = order.filter { counts[$0] != nil }
    let rest = counts.keys.filter { !order.contains($0) }.sorted {
      counts[$0, default: 0] > counts[$1, default: 0]
    }
    let parts = (known + rest).map { name in
      let count = counts[name, default: 0]
      return "\(name) \(count.grouped) (\((count * 200 / max(1, names.count) + 1) / 2) %)"
    }
    return ["  \(padded(title, 11)) \(parts.joined(separator: ", "))"]
  }

  private func milestones(_ cards: [ProgressCard]) -> [String] {
    guard let first = cards.first else { return [] }
    let parts = first.milestones.indices.map { index in
      "\(first.milestones[index].name) \(cards.count { $0.milestones[index].reachedAt != nil }.grouped)"
    }
    return ["  milestones  \(parts.joined(separator: ", "))"]
  }

  private func decisions() throws -> [String] {
    var table = Table([.left, .right, .left])
    for (reason, count) in try store.decisionsByReason() {
      table.add(["  \(reason)", count.grouped])
    }
    return ["  decisions by reason:"] + table.lines().map { "  \($0)" }
  }
}
