import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeStore

/// The database that is read instead of asking the daemon.
struct DatabaseOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Read this database, and do not ask the daemon.", valueName: "path")
  )
  var db: String?
}

/// A question about the past to a database, without a daemon.
struct PastQuestion {
  private let stored: StoredHistory
  private let style: TextStyle

  /// A question to the database at a path.
  init(database: String, _ control: ControlOptions, _ output: OutputOptions) throws(Failure) {
    stored = try StoredHistory(database: database, settingsPath: control.config)
    style = output.textStyle
  }

  /// What the database answers.
  func answer<Value>(_ ask: (PastAnswers, TextStyle) throws -> Value) throws(Failure) -> Value {
    try stored.read { reader in
      let answers = PastAnswers(
        reader,
        settings: stored.settings,
        zones: stored.zones,
        now: SystemClock().now
      )
      return try ask(answers, style)
    }
  }
}

extension OutputOptions {
  /// How texts are written for this terminal.
  var textStyle: TextStyle {
    TextStyle(
      zone: utc ? .utc : nil,
      usesSymbols: answer.isUnicode,
      usesColor: answer.hasColor
    )
  }
}

extension Answer {
  /// Writes an answer with a `text` for people and a document under a key.
  static func write(_ value: JSONValue, _ key: String, as format: AnswerFormat) throws(Failure) {
    let answer = Answer()
    switch format {
    case .json: try answer.line((value[key] ?? .null).json.text)
    case .text:
      let text = value["text"]?.text ?? ""
      try answer.text(text.hasSuffix("\n") ? text : text + "\n")
    }
    try answer.finish()
  }
}
