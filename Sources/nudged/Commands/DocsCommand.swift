import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules

/// `nudged docs`.
struct DocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs",
    abstract: "Explain the code of an error or of a decision's reason.",
    discussion: """
      `nudged check` prints the codes of errors in brackets, as in error[unknown-key]; decisions \
      carry the codes of their reasons, such as skipped.condition.
      """
  )

  @Argument(help: "The code; without one all are listed.")
  var code: String?

  @Flag(help: ArgumentHelp("Print the journal's catalog of messages.", visibility: .hidden))
  var catalog = false

  func run() throws {
    let answer = Answer()
    if catalog {
      try answer.text(LogKind.catalog)
    } else if let code {
      try answer.text(try page(of: code))
    } else {
      for line in list.lines() { try answer.line(line) }
    }
    try answer.finish()
  }

  private func page(of code: String) throws(Failure) -> String {
    if let known = DiagnosticCode(rawValue: code) { return known.documentation }
    if let known = ReasonCode(code: code) { return known.documentation }
    let codes = DiagnosticCode.allCases.map(\.rawValue) + ReasonCode.allCases.map(\.rawValue)
    let nearest = Suggestion.nearest(to: code, among: codes).map { ", did you mean `\($0)`?" }
    throw Failure(
      "there is no code `\(code)`\(nearest ?? "; `nudged docs` lists all of them")",
      .usage
    )
  }

  private var list: Table {
    var table = Table([.left, .left])
    for code in DiagnosticCode.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      table.add([code.rawValue, code.level.rawValue])
    }
    for code in ReasonCode.allCases { table.add([code.rawValue, "reason"]) }
    return table
  }
}
