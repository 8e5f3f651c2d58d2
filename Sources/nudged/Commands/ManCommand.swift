import ArgumentParser
import NudgeDaemon

/// `nudged man`.
struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man",
    abstract: "Print a manual page.",
    discussion: """
      The pages are made of what --help, the readers of rules and settings and the documents say. \
      Read one with: nudged man nudged.1 | man -l -
      """
  )

  @Argument(help: "Which page.")
  var page = ManualPage.command

  @Option(
    help: ArgumentHelp(
      "The folder of the documents, to make them part of the page.",
      valueName: "folder"
    )
  )
  var documents: String?

  func run() throws {
    let answer = Answer()
    try answer.text(try page.text(documents: documents))
    try answer.finish()
  }
}
