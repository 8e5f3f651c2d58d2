import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged read`.
struct ReadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Read a campaign aloud: in English sentences, with the next real dates.",
    discussion: """
      For whoever answers for a campaign and does not read YAML. The dates are those of somebody \
      who signs up and enters now, in the campaign's zone or the settings'.
      """
  )

  @Argument(help: "The campaign's name. (default: all of them)")
  var campaign: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Rule files, and folders of them. (default: the settings' folder of rules, else ./rules)",
      valueName: "paths"
    )
  )
  var rules: [String] = []

  @OptionGroup var settings: SettingsOptions

  @Option(
    help: ArgumentHelp("Read as of this instant, in RFC 3339. (default: now)", valueName: "time")
  )
  var at: String?

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let at, Timestamp(rfc3339: at) == nil {
      throw ValidationError("--at takes an instant such as 2026-03-09T13:00:00Z, not \(at).")
    }
  }

  func run() throws {
    let now = at.flatMap(Timestamp.init(rfc3339:)) ?? SystemClock().now
    let loaded = try LoadedRules(paths: rules, settings: settings, now: now)
    let set = try loaded.ruleSet()
    let answer = Answer()
    for (place, name) in try names(in: set).enumerated() {
      guard let reading = CampaignReading(of: name, in: set, zones: loaded.zones, now: now) else {
        continue
      }
      try write(reading.text, of: name, isFirst: place == 0, to: answer)
    }
    try answer.finish()
  }

  private func write(_ text: String, of name: String, isFirst: Bool, to answer: Answer) throws {
    switch format {
    case .text: try answer.text((isFirst ? "" : "\n\n") + text)
    case .json:
      let value = JSONValue.object([
        .init("campaign", .string(name)), .init("text", .string(text)),
      ])
      try answer.line(value.json.text)
    }
  }

  private func names(in rules: RuleSet) throws(Failure) -> [String] {
    let known = rules.campaigns.map(\.name).sorted()
    guard let campaign else {
      if known.isEmpty { output.note("There are no campaigns; `nudged init DIR` writes samples.") }
      return known
    }
    guard known.contains(campaign) else {
      let list = known.isEmpty ? "there is none" : "there are: \(known.joined(separator: ", "))"
      throw Failure("no campaign is called \(campaign); \(list)", .bad)
    }
    return [campaign]
  }
}
