import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged status`.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how the daemon stands.",
    discussion: """
      The exit status is 0 whenever the daemon answers; `nudged health` tells whether it is well, and \
      `nudged top` what it is doing.
      """
  )

  @Flag(help: "Show it again and again, until Ctrl-C.")
  var watch = false

  @OptionGroup var refresh: RefreshOptions

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if !watch, refresh.times != nil { throw ValidationError("--times needs --watch.") }
  }

  func run() async throws {
    guard watch else {
      let answer = Answer()
      for line in try await view() { try answer.line(line) }
      return try answer.finish()
    }
    try await Refreshing(options: refresh, terminal: output.answer).run { try await view() }
  }

  private func view() async throws -> [String] {
    let status = try await control.ask("GET", "/v1/status")
    switch format {
    case .json: return [status.json.text]
    case .text: return lines(of: status)
    }
  }

  private func lines(of status: JSONValue) -> [String] {
    let rules = status["rule_set"] ?? .null
    let zone = output.zone(of: status)
    var table = Table([.left, .left])
    table.add(["nudged", "\(status["version"]?.text ?? "?"), \(isReady(status))"])
    table.add(["rules", ruleLine(rules, zone)])
    table.add([
      "people", "\(number(status, "people")), in \(counted(status, "accounts", "account"))",
    ])
    table.add([
      "events", "\(number(status, "events")), and \(number(status, "rejected")) rejected",
    ])
    table.add(["decisions", decisions(status["decisions"] ?? .null)])
    if let filling = status["filling"], case .object = filling {
      table.add([
        "new rules",
        "counting the past: \(number(filling, "done")) of \(number(filling, "total")) events",
      ])
    }
    table.add(["next due", time(status, "next_due", zone) ?? "nothing is planned"])
    table.add(["settings", settings(status, zone)])
    var lines = table.lines(width: output.answer.width)
    lines += outboxes(status["outboxes"] ?? .null)
    if let rejected = rules["rejected"]?.text {
      let head = output.answer.styled("rules rejected, the set above stays:", .error)
      lines += ["", head, rejected]
    }
    return lines + problems(status["problems"] ?? .null)
  }

  /// Where they stand, and since when what is read once holds: credentials change with a restart alone.
  private func settings(_ status: JSONValue, _ zone: Zone) -> String {
    let file = status["settings"]?.text ?? "none, the standard ones"
    let start = time(status, "started_at", zone) ?? "the start"
    return "\(file); addresses and credentials as of \(start)"
  }

  /// What a person should look at, but for the rules, whose report stands above.
  private func problems(_ value: JSONValue) -> [String] {
    guard case .array(let problems) = value else { return [] }
    let others = problems.filter { $0["code"]?.text != "rules-rejected" }
    return others.flatMap { problem in
      let head = output.answer.styled("\(problem["text"]?.text ?? "?"):", .warning)
      return ["", head, "  \(problem["advice"]?.text ?? "")"]
    }
  }

  private func isReady(_ status: JSONValue) -> String {
    status["ready"] == .bool(true) ? "ready" : "not ready"
  }

  private func ruleLine(_ rules: JSONValue, _ zone: Zone) -> String {
    let commit = rules["git_commit"]?.text.map { ", git \($0.prefix(7))" } ?? ""
    let hash = (rules["hash"]?.text ?? "none").prefix(12)
    return
      "set \(hash)\(commit), \(counted(rules, "campaigns", "campaign")), loaded \(time(rules, "loaded_at", zone) ?? "never")"
  }

  /// An instant as people read it; `nil` when there is none.
  private func time(_ value: JSONValue, _ key: String, _ zone: Zone) -> String? {
    value[key]?.text.flatMap(Timestamp.init(rfc3339:))?.text(in: zone)
  }

  private func counted(_ value: JSONValue, _ key: String, _ noun: String) -> String {
    guard case .number(let number) = value[key], let whole = number.whole else { return "?" }
    return whole.counted(noun)
  }

  private func number(_ value: JSONValue, _ key: String) -> String {
    guard case .number(let number) = value[key], let whole = number.whole else { return "?" }
    return whole.grouped
  }

  private func decisions(_ value: JSONValue) -> String {
    guard case .object(let members) = value, !members.isEmpty else { return "none yet" }
    return members.map { "\(number(value, $0.key)) \($0.key)" }.joined(separator: ", ")
  }

  private func outboxes(_ value: JSONValue) -> [String] {
    guard case .array(let outboxes) = value else { return [] }
    return outboxes.map { outbox in
      "outbox \(outbox["channel"]?.text ?? "?"): \(number(outbox, "waiting")) waiting, \(number(outbox, "dead")) dead, the oldest for \(number(outbox, "oldest_seconds")) s"
    }
  }
}
