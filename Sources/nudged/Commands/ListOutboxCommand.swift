import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged outbox list`.
struct ListOutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List deliveries that wait or were given up, oldest first."
  )

  /// What may have become of a delivery.
  enum State: String, CaseIterable, ExpressibleByArgument {
    case waiting
    case dead
    case delivered
    case expired
    case cancelled
  }

  /// The forms of the answer.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case jsonl
  }

  @Flag(help: "Only dead letters: those that were given up.") var dead = false
  @Option(help: "Only those in this state. (default: waiting and dead)") var state: State?
  @OptionGroup var deliveries: DeliveryOptions
  @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 100
  @Option(help: "The form of the answer.") var format = Format.text
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if dead, state != nil { throw ValidationError("--dead and --state exclude each other.") }
    if !(1...1000).contains(limit) {
      throw ValidationError("--limit takes a number from 1 to 1000.")
    }
  }

  func run() async throws {
    let state = dead ? State.dead : state
    let query = Query(
      deliveries.query.merging(["state": state?.rawValue, "limit": String(limit)]) { $1 }
    )
    let page = try await control.ask("GET", "/v1/outbox\(query)")
    guard case .array(let found) = page["deliveries"] else { return }
    let answer = Answer()
    switch format {
    case .json: try answer.line(JSONValue.array(found).json.text)
    case .jsonl: for delivery in found { try answer.line(delivery.json.text) }
    case .text: for line in lines(found, output.zone(of: page)) { try answer.line(line) }
    }
    try answer.finish()
    if page["next"]?.wholeNumber != nil {
      output.note("There are more than \(limit.grouped); narrow it down, or raise --limit.")
    }
  }

  private func lines(_ found: [JSONValue], _ zone: Zone) -> [String] {
    guard !found.isEmpty else {
      return ["Nothing here. `nudged status` tells how the outboxes stand."]
    }
    var table = Table([.left, .left, .left, .left, .left, .left, .right, .left])
    table.add(["ID", "STATE", "CHANNEL", "STEP", "SUBJECT", "DUE", "TRIES", "LAST ANSWER"])
    for delivery in found { table.add(cells(of: delivery, zone)) }
    return table.lines(width: output.answer.width)
  }

  /// The step that it comes from; nothing for an alert.
  private func place(of delivery: JSONValue) -> String {
    guard let campaign = delivery["campaign"]?.text else { return "" }
    return "\(campaign)/\(delivery["step"]?.text ?? "")"
  }

  private func cells(of delivery: JSONValue, _ zone: Zone) -> [String] {
    func text(_ key: String) -> String { delivery[key]?.text ?? "" }
    let due = Timestamp(rfc3339: text("due_at"))
    return [
      text("id"), text("state"), text("channel"), place(of: delivery),
      text("subject"), due.map { $0.text(in: zone) } ?? "now",
      "\(delivery["attempts"]?.wholeNumber ?? 0)", text("last_answer").firstLine,
    ]
  }
}

extension String {
  /// As much as a table shows of a text that a stranger wrote: one line without control characters.
  fileprivate var firstLine: String {
    let line = prefix { !$0.isNewline }
    return String(
      line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init)
    )
  }
}
