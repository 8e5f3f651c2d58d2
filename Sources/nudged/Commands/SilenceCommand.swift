import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged silence`.
struct SilenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "silence",
    abstract: "Keep something quiet for a while.",
    discussion: """
      What is silenced waits as waiting.silenced until the silence ends, and is dropped if it expires \
      first. A silence covers what all of its options have in common.
      """,
    subcommands: [Add.self, Expire.self, List.self]
  )

  /// `nudged silence add`.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add",
      abstract: "Begin a silence now."
    )

    @Option(help: "Only this campaign.") var campaign: String?
    @Option(help: "Only this channel.") var channel: String?
    @Option(help: ArgumentHelp("Only this person.", valueName: "id")) var user: String?
    @Option(help: ArgumentHelp("Only this account and its members.", valueName: "id"))
    var account: String?
    @Option(
      name: .customLong("for"),
      help: ArgumentHelp("How long: 90m, 48h, 2 days (until their midnight).", valueName: "span")
    )
    var span: String?
    @Option(help: ArgumentHelp("When it ends: an instant, or a local date.", valueName: "time"))
    var until: String?
    @Option(help: ArgumentHelp("Why; required.", valueName: "text")) var comment: String
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let query = Query([
        "campaign": campaign, "channel": channel, "user": user, "account": account, "for": span,
        "until": until, "comment": comment, "by": Operator.name,
      ])
      let silence = try await control.ask("POST", "/v1/silences\(query)")
      let answer = Answer()
      let end = SilenceText.end(silence, in: output.zone(of: silence))
      try answer.line("\(silence["id"]?.text ?? "?"): silent until \(end)")
      try answer.finish()
    }
  }

  /// `nudged silence list`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Show what is silent, why and until when."
    )

    @Option(help: "The form of the answer.") var format = AnswerFormat.text
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let page = try await control.ask("GET", "/v1/silences")
      let found = page["silences"] ?? .array([])
      guard case .array(let silences) = found else { return }
      let answer = Answer()
      switch format {
      case .json: try answer.line(found.json.text)
      case .text: for line in lines(silences, output.zone(of: page)) { try answer.line(line) }
      }
      try answer.finish()
    }

    private func lines(_ silences: [JSONValue], _ zone: Zone) -> [String] {
      guard !silences.isEmpty else {
        return ["Nothing is silent. `nudged silence add` begins a silence."]
      }
      var table = Table([.left, .left, .left, .left, .left])
      table.add(["ID", "COVERS", "UNTIL", "BY", "COMMENT"])
      for silence in silences {
        table.add([
          silence["id"]?.text ?? "?", SilenceText.scope(silence),
          SilenceText.end(silence, in: zone),
          silence["by"]?.text ?? "", silence["comment"]?.text ?? "",
        ])
      }
      return table.lines(width: output.answer.width)
    }
  }

  /// `nudged silence expire`.
  struct Expire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "expire",
      abstract: "End a silence before its time; what waited for it is decided at once."
    )

    @Argument(help: "The silence's id, as `nudged silence list` shows it.") var id: String
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let query = Query(["by": Operator.name])
      _ = try await control.ask("POST", "/v1/silences/\(id.asPathSegment)/expire\(query)")
      let answer = Answer()
      try answer.line("\(id): ended")
      try answer.finish()
    }
  }
}

/// A silence in words.
enum SilenceText {
  /// What it covers.
  static func scope(_ silence: JSONValue) -> String {
    let parts = ["campaign", "channel", "subject"].compactMap { key -> String? in
      guard let text = silence[key]?.text else { return nil }
      return key == "subject" ? text : "\(key) \(text)"
    }
    return parts.joined(separator: ", ")
  }

  /// When it ends.
  static func end(_ silence: JSONValue, in zone: Zone) -> String {
    silence["until"]?.text.flatMap(Timestamp.init(rfc3339:))?.text(in: zone) ?? "resumed"
  }
}

/// Who sits at the terminal, as the acts remember it.
enum Operator {
  /// The name of the account, also behind sudo; empty when the system names none.
  static var name: String {
    environment("SUDO_USER") ?? environment("USER") ?? environment("LOGNAME") ?? ""
  }
}

/// The query of a request: names with values, those without left out.
struct Query: CustomStringConvertible {
  private let values: [String: String?]

  init(_ values: [String: String?]) {
    self.values = values
  }

  var description: String {
    let pairs = values.sorted { $0.key < $1.key }.compactMap { name, value in
      value.map { "\(name)=\($0.asPathSegment)" }
    }
    return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
  }
}
