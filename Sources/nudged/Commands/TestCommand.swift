import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon
import NudgeRules

/// `nudged test`.
struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run campaign tests: what people do, and what must follow.",
    discussion: """
      A campaign test is a timeline in a file *.test.yaml. Tests run in memory with the daemon's \
      engine on a virtual clock, side by side. The exit status is 0 when all pass, 1 when one fails \
      or --min-coverage is missed, and 65 when a test file is wrong or there is nothing to run.
      """
  )

  /// The forms of the report.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case junit
    case tap
  }

  @Argument(
    help: ArgumentHelp(
      "Test files, and folders of them. (default: ./rules and ./tests, else .)",
      valueName: "paths"
    )
  )
  var paths: [String] = []

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Only tests whose name matches.", valueName: "regex")
  )
  var pattern: String?

  @Flag(help: "List the steps that were never sent, and conditions not seen both true and false.")
  var coverage = false

  @Option(
    help: ArgumentHelp("Fail when fewer steps and conditions are covered.", valueName: "percent")
  )
  var minCoverage: Int?

  @Flag(help: "Rewrite the `sent` lists from what happened.")
  var update = false

  @Option(help: "The form of the report.")
  var format = Format.text

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let minCoverage, !(0...100).contains(minCoverage) {
      throw ValidationError("--min-coverage is a percentage, 0 to 100.")
    }
  }

  func run() async throws {
    let zones = try LoadedRules.systemZones()
    let selection = try await TestSelection(paths: paths, matching: pattern, zones: zones)
    let tests = try await TestRun(selection)
    let isUpdated = update ? try rewrite(selection, tests) : false
    if !tests.items.isEmpty || format != .text { try print(tests, selection) }
    try tellErrors(of: selection)
    if tests.failed > 0 && !isUpdated { throw ExitStatus.bad.exit }
    if let minCoverage, tests.coverage.percent < minCoverage {
      output.note(
        "Covered are \(tests.coverage.percent) % of steps and conditions; \(minCoverage) % are wanted."
      )
      throw ExitStatus.bad.exit
    }
  }

  private func print(_ tests: TestRun, _ selection: TestSelection) throws {
    let answer = Answer()
    switch format {
    case .text:
      let report = TestReport(
        run: tests,
        folders: selection.folders,
        terminal: output.answer,
        listsGaps: coverage
      )
      try answer.text(report.text)
    case .json: try answer.line(tests.json.json.text)
    case .junit: try answer.text(tests.junit)
    case .tap: try answer.text(tests.tap)
    }
    try answer.finish()
  }

  /// Tells what is wrong with test files and their rules; the others have run.
  private func tellErrors(of selection: TestSelection) throws {
    let wrong = selection.files.filter(\.hasErrors)
    guard !wrong.isEmpty else { return }
    let texts = wrong.map { file in
      DiagnosticPrinter(files: file.files).text(of: file.diagnostics)
    }
    throw Failure(
      "\(wrong.count.counted("test file")) cannot be run\n" + texts.joined(separator: "\n"),
      .badData
    )
  }

  /// Rewrites what went otherwise than expected; tells whether that mends all failures.
  private func rewrite(_ selection: TestSelection, _ tests: TestRun) throws(Failure) -> Bool {
    var isMended = true
    for (path, items) in tests.byFile {
      guard let file = selection.files.first(where: { $0.source.path == path }) else { continue }
      var update = SentUpdate(file.source)
      update.apply(items.map(\.result))
      for (test, reason) in update.refused { output.note("\(path): `\(test)` stays: \(reason)") }
      if update.updated > 0 {
        try InputFile.explained { try Data(update.text.utf8).write(to: URL(filePath: path)) }
        output.note("\(path): \(update.updated.counted("list")) rewritten; read the diff")
      }
      let others = items.flatMap(\.result.failures).contains { !$0.title.hasPrefix("sent") }
      if !update.refused.isEmpty || others { isMended = false }
    }
    return isMended
  }
}
