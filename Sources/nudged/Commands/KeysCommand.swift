import ArgumentParser
import NudgeDaemon

/// `nudged keys`.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make keys that open the HTTP API.",
    subcommands: [New.self]
  )

  /// `nudged keys new`.
  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new",
      abstract: "Print a new key, once.",
      discussion: """
        nudged keeps no copy of it. Put it on a line of the file that the settings name under \
        `keys:`, as it is or as sha256:HEX of its bytes.
        """
    )

    @Argument(help: "What the key is for: \(NewKey.purposes.joined(separator: ", ")).")
    var purpose: String

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard !NewKey.purposes.contains(purpose) else { return }
      throw ValidationError(
        "There are no keys for '\(purpose)', only for \(NewKey.purposes.joined(separator: ", "))."
      )
    }

    func run() throws {
      guard let key = NewKey.text(for: purpose) else { return }
      let answer = Answer()
      try answer.line(key)
      try answer.finish()
      guard output.notes.isTerminal else { return }
      output.note("Put it on a line of the file under `keys: \(purpose):`; it is not shown again.")
    }
  }
}
