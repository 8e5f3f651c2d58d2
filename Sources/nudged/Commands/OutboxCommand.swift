import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged outbox`.
struct OutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox",
    abstract: "See what waits to be sent and what was given up; send it again, or drop it.",
    subcommands: [
      ListOutboxCommand.self, ShowOutboxCommand.self, RetryOutboxCommand.self,
      DropOutboxCommand.self, FlushOutboxCommand.self, EnableOutboxCommand.self,
    ]
  )
}

/// Which deliveries are meant.
struct DeliveryOptions: ParsableArguments {
  @Option(help: "Only this channel.") var channel: String?
  @Option(help: "Only this campaign.") var campaign: String?
  @Option(help: ArgumentHelp("Only those whose last answer has this in it.", valueName: "text"))
  var error: String?
  @Option(help: ArgumentHelp("Only those decided then or later.", valueName: "time"))
  var since: String?
  @Option(help: ArgumentHelp("Only those decided before.", valueName: "time"))
  var until: String?

  var query: [String: String?] {
    [
      "channel": channel, "campaign": campaign, "error": error, "since": since, "until": until,
    ]
  }

  /// Whether any option is given.
  var isGiven: Bool { query.values.contains { $0 != nil } }
}

/// `nudged outbox show`.
struct ShowOutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one delivery with its payload, as JSON."
  )

  @Argument(help: "The delivery's id, as `nudged outbox list` shows it.") var id: String
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let delivery = try await control.ask("GET", "/v1/outbox/\(id.asPathSegment)")
    let answer = Answer()
    try answer.line(delivery.json.text)
    try answer.finish()
  }
}

/// `nudged outbox retry`.
struct RetryOutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Send dead letters again.",
    discussion: """
      Those that have lost their meaning by now stay dead. A channel that was disabled sends again \
      when it is named by --channel.
      """
  )

  @Argument(help: "One delivery's id.") var id: String?
  @Flag(help: "Every dead letter.") var all = false
  @OptionGroup var deliveries: DeliveryOptions
  @Option(help: ArgumentHelp("So many in a second, no more.", valueName: "n")) var rate: Int?
  @Flag(help: "Only count them.") var dryRun = false
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    try checkChoice(id, all, deliveries)
    if let rate, rate < 1 { throw ValidationError("--rate takes a number from 1 on.") }
  }

  func run() async throws {
    let own = ["id": id, "per_second": rate.map(String.init), "dry_run": dryRun ? "1" : nil]
    let query = Query(deliveries.query.merging(own) { $1 })
    let result = try await control.ask("POST", "/v1/outbox/retry\(query)")
    let answer = Answer()
    try answer.line("\(dryRun ? "would retry" : "retried"): \(result["retried"]?.wholeNumber ?? 0)")
    try answer.finish()
    if let expired = result["expired"]?.wholeNumber, expired > 0 {
      output.note("\(expired.grouped) stay dead: they have lost their meaning.")
    }
  }
}

/// `nudged outbox drop`.
struct DropOutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop",
    abstract: "Give deliveries up for good: dead letters, or what waits with --waiting."
  )

  @Argument(help: "One delivery's id.") var id: String?
  @Flag(help: "Every dead letter.") var all = false
  @Flag(help: "Those that wait, instead of dead letters.") var waiting = false
  @OptionGroup var deliveries: DeliveryOptions
  @Flag(help: "Only count them.") var dryRun = false
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws { try checkChoice(id, all, deliveries) }

  func run() async throws {
    let count = try await drop(isTrial: true)
    if !dryRun, count > 0 {
      try Confirmation.ask("This drops \(counted(count)) for good.", isGiven: yes || id != nil)
    }
    let dropped = dryRun ? count : try await drop(isTrial: false)
    let answer = Answer()
    try answer.line("\(dryRun ? "would drop" : "dropped"): \(dropped)")
    try answer.finish()
  }

  private func counted(_ count: Int) -> String {
    "\(count.grouped) \(count == 1 ? "delivery" : "deliveries")"
  }

  private func drop(isTrial: Bool) async throws -> Int {
    let own = [
      "id": id, "state": waiting ? "waiting" : nil, "dry_run": isTrial ? "1" : nil,
    ]
    let query = Query(deliveries.query.merging(own) { $1 })
    let result = try await control.ask("POST", "/v1/outbox/drop\(query)")
    return result["dropped"]?.wholeNumber ?? 0
  }
}

/// `nudged outbox flush`.
struct FlushOutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flush",
    abstract: "Try what waits now, instead of at its next time."
  )

  @OptionGroup var deliveries: DeliveryOptions
  @Flag(help: "Only count them.") var dryRun = false
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let query = Query(deliveries.query.merging(["dry_run": dryRun ? "1" : nil]) { $1 })
    let result = try await control.ask("POST", "/v1/outbox/flush\(query)")
    let answer = Answer()
    try answer.line("\(dryRun ? "would flush" : "flushed"): \(result["flushed"]?.wholeNumber ?? 0)")
    try answer.finish()
  }
}

/// `nudged outbox enable`.
struct EnableOutboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Let a channel send again whose receiver had said that it is gone (410)."
  )

  @Argument(help: "The channel's name.") var channel: String
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let query = Query(["channel": channel])
    let result = try await control.ask("POST", "/v1/outbox/enable\(query)")
    let waiting = result["waiting"]?.wholeNumber ?? 0
    let isChange = result["enabled"] == .bool(true)
    let answer = Answer()
    try answer.line(
      isChange
        ? "enabled: \(channel), \(waiting.grouped) waiting"
        : "\(channel) was not disabled; nothing changed"
    )
    try answer.finish()
    if isChange, waiting > 0 {
      output.note(
        "Each is tried at its next time; `nudged outbox flush --channel \(channel)` tries all now."
      )
    }
  }
}

/// Makes sure that somebody says which deliveries are meant.
private func checkChoice(_ id: String?, _ all: Bool, _ deliveries: DeliveryOptions) throws {
  if id == nil, !all, !deliveries.isGiven {
    throw ValidationError(
      "Say which: an ID, --channel, --campaign, --error, --since, --until, or --all."
    )
  }
}
