import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon

/// `nudged doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at everything that nudged stands on, and say what to do.",
    discussion: """
      Clock, time zones, SQLite, settings, rules, disk, database, odd data, keys and secrets, \
      receivers of webhooks, and the daemon itself if it runs. Nothing is changed or sent. Run it \
      as the user of the daemon, so that it sees what the daemon sees. The exit status is 0 when \
      nothing is bad, warnings or not, and 1 when something is.
      """
  )

  @Flag(help: "Look through a database of over 1 GiB too.")
  var thorough = false

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    if let config = control.config, InputFile.kind(of: config) != .file {
      throw Failure("there is no file \(config)", .noSuchFile)
    }
    let doctor = Doctor(
      settingsPath: Configuration.settingsPath(given: control.config, environment: environment),
      environment: environment,
      control: control.control,
      now: SystemClock().now,
      isThorough: thorough
    )
    let findings = await doctor.examine()
    try tell(findings)
    if findings.contains(where: { $0.state == .bad }) { throw ExitStatus.bad.exit }
  }

  private func tell(_ findings: [Finding]) throws {
    let answer = Answer()
    switch format {
    case .json:
      let value = JSONValue.object([.init("findings", .array(findings.map(\.json)))])
      try answer.line(value.json.text)
    case .text:
      for line in lines(findings) { try answer.line(line) }
    }
    try answer.finish()
  }

  private func lines(_ findings: [Finding]) -> [String] {
    let width = findings.map(\.subject.count).max() ?? 0
    let told = findings.flatMap { finding in
      let subject = finding.subject + String(repeating: " ", count: width - finding.subject.count)
      let head = "\(mark(finding.state)) \(subject)   \(finding.text)"
      let indent = String(repeating: " ", count: 2 + markWidth)
      return [head] + (finding.advice.map { ["\(indent)to do: \($0)"] } ?? [])
    }
    return told + ["", summary(findings)]
  }

  private var markWidth: Int { output.answer.isUnicode ? 1 : 4 }

  /// Never colour alone: a sign, or a word where the locale has no signs.
  private func mark(_ state: Finding.State) -> String {
    let isUnicode = output.answer.isUnicode
    switch state {
    case .good: return output.answer.styled(isUnicode ? "✓" : "ok  ", .good)
    case .warning: return output.answer.styled(isUnicode ? "!" : "WARN", .warning)
    case .bad: return output.answer.styled(isUnicode ? "✗" : "FAIL", .error)
    }
  }

  private func summary(_ findings: [Finding]) -> String {
    let bad = findings.count { $0.state == .bad }
    let warnings = findings.count { $0.state == .warning }
    if bad == 0, warnings == 0 { return "All is well." }
    return "\(bad) bad, \(warnings.counted("warning"))."
  }
}
