import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged campaign`.
struct CampaignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "See campaigns, pause and resume them.",
    subcommands: [List.self, Pause.self, Resume.self, Show.self]
  )

  /// `nudged campaign list`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Show how every campaign stands."
    )

    @Option(help: "The form of the answer.") var format = AnswerFormat.text
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let found = try await control.ask("GET", "/v1/campaigns")["campaigns"] ?? .array([])
      guard case .array(let campaigns) = found else { return }
      let answer = Answer()
      switch format {
      case .json: try answer.line(found.json.text)
      case .text: for line in lines(campaigns) { try answer.line(line) }
      }
      try answer.finish()
    }

    private func lines(_ campaigns: [JSONValue]) -> [String] {
      guard !campaigns.isEmpty else {
        return ["The rules have no campaigns; `nudged init DIR` writes samples."]
      }
      var table = Table([.left, .left, .right, .right, .right])
      table.add(["CAMPAIGN", "MODE", "INSIDE", "PLANNED", "SENT"])
      for campaign in campaigns {
        let counts = ["inside", "planned", "sent"].map { campaign.count($0).grouped }
        table.add([campaign["name"]?.text ?? "?", campaign.modeText] + counts)
      }
      return table.lines(width: output.answer.width)
    }
  }

  /// `nudged campaign show`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show one campaign, with what came of each step."
    )

    @Argument(help: "The campaign's name.") var name: String
    @Option(help: "The form of the answer.") var format = AnswerFormat.text
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let campaign = try await control.ask("GET", "/v1/campaigns/\(name.asPathSegment)")
      let answer = Answer()
      switch format {
      case .json: try answer.line(campaign.json.text)
      case .text: for line in lines(campaign) { try answer.line(line) }
      }
      try answer.finish()
    }

    private func lines(_ campaign: JSONValue) -> [String] {
      let zone = output.zone(of: campaign)
      var table = Table([.left, .left])
      table.add(["campaign", name])
      for key in ["description", "owner", "model"] {
        if let text = campaign[key]?.text { table.add([key, text]) }
      }
      table.add(["mode", campaign.modeText])
      if let pause = campaign["paused"], let comment = pause["comment"]?.text {
        table.add(["paused", "since \(time(pause["from"], zone)): \(comment)"])
      }
      table.add(["deployed", time(campaign["deployed_at"], zone)])
      table.add(["inside", "\(campaign.count("inside").grouped) of \(entered(campaign))"])
      table.add(["planned", campaign.count("planned").counted("plan")])
      return table.lines() + [""] + steps(campaign)
    }

    private func entered(_ campaign: JSONValue) -> String {
      "\(campaign.count("entered").grouped) that entered"
    }

    private func time(_ value: JSONValue?, _ zone: Zone) -> String {
      value?.text.flatMap(Timestamp.init(rfc3339:))?.text(in: zone) ?? "never"
    }

    private func steps(_ campaign: JSONValue) -> [String] {
      guard case .array(let steps) = campaign["steps"] else { return [] }
      var table = Table([.left, .left])
      for step in steps { table.add([step["name"]?.text ?? "?", decisions(step)]) }
      return table.lines()
    }

    private func decisions(_ step: JSONValue) -> String {
      guard case .object(let members) = step["decisions"], !members.isEmpty else {
        return "nothing decided yet"
      }
      let counts = step["decisions"] ?? .null
      return members.map { "\(counts.count($0.key).grouped) \($0.key)" }.joined(separator: ", ")
    }
  }

  /// `nudged campaign pause`.
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pause",
      abstract: "Hold back everything that a campaign does, until it is resumed.",
      discussion: """
        People enter and leave as ever. Steps that come due wait as waiting.silenced; those that \
        expire before the campaign is resumed are dropped.
        """
    )

    @Argument(help: "The campaign's name.") var name: String
    @Option(help: ArgumentHelp("Why; required.", valueName: "text")) var comment: String
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let query = Query(["comment": comment, "by": Operator.name])
      _ = try await control.ask("POST", "/v1/campaigns/\(name.asPathSegment)/pause\(query)")
      let answer = Answer()
      try answer.line("\(name): paused; `nudged campaign resume \(name)` lets it go on")
      try answer.finish()
    }
  }

  /// `nudged campaign resume`.
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resume",
      abstract: "Let a paused campaign go on; what waits is decided at once."
    )

    @Argument(help: "The campaign's name.") var name: String
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let query = Query(["by": Operator.name])
      _ = try await control.ask("POST", "/v1/campaigns/\(name.asPathSegment)/resume\(query)")
      let answer = Answer()
      try answer.line("\(name): goes on")
      try answer.finish()
    }
  }
}

extension JSONValue {
  /// The whole number under a key; 0 for anything else.
  fileprivate func count(_ key: String) -> Int {
    guard case .number(let number) = self[key] else { return 0 }
    return number.whole ?? 0
  }

  /// A campaign's mode, and whether it is paused.
  fileprivate var modeText: String {
    let mode = self["mode"]?.text ?? "removed"
    return self["paused"]?["id"] == nil ? mode : "\(mode), paused"
  }
}
