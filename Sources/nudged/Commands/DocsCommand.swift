import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules

/// `nudged docs`.
struct DocsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docs",
    abstract: "Explain an error code or a reason, or list all of them.",
    discussion: """
      Error codes stand in brackets in what `nudged check` prints: error[unknown-key]. Reasons such \
      as waiting.cap are those of `nudged explain` and of decisions.
      """
  )

  @Argument(help: "The code; without one all are listed.")
  var code: String?

  func run() throws {
    let answer = Answer()
    if let code {
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
    for code in ReasonCode.allCases.map(\.rawValue).sorted() { table.add([code, "reason"]) }
    return table
  }
}
