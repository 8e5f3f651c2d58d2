import NudgeCore
import NudgeRules

/// What came of all tests, for people.
struct TestReport {
  let run: TestRun
  /// The folders that were named; paths are shown from there.
  let folders: [String]
  let terminal: Terminal
  /// Whether what is not covered is listed.
  let listsGaps: Bool

  /// The report, every line with a newline.
  var text: String {
    let lines = run.byFile.flatMap { fileLines($0.file, $0.items) } + [summary] + coverageLines
    return lines.map { $0 + "\n" }.joined()
  }

  private func fileLines(_ file: String, _ items: [TestRun.Item]) -> [String] {
    let width = items.map(\.result.test.name.count).max() ?? 0
    let name = shown(file)
    return [name] + items.flatMap { [line($0, width)] + failureLines($0.result, of: name) }
  }

  private func shown(_ path: String) -> String {
    let folder = folders.first { path.hasPrefix($0 + "/") }
    return folder.map { String(path.dropFirst($0.count + 1)) } ?? path
  }

  private func line(_ item: TestRun.Item, _ width: Int) -> String {
    let name = item.result.test.name
    let gap = String(repeating: " ", count: width - name.count)
    let time = "\(item.milliseconds) ms"
    let room = String(repeating: " ", count: max(0, 5 - time.count))
    return "  \(terminal.mark(item.result.passed)) \(name)\(gap)   \(room)\(time)"
  }

  private func failureLines(_ result: CampaignTestResult, of file: String) -> [String] {
    result.failures.flatMap { $0.lines(in: file, usesSymbols: terminal.isUnicode) }
      .map { "      " + $0 }
  }

  private var summary: String {
    let seconds = Double(run.milliseconds / 100) / 10
    return "\(run.items.count.counted("test")): \(run.passed.grouped) passed, "
      + "\(run.failed.grouped) failed (\(seconds) s)"
  }

  private var coverageLines: [String] {
    let gaps = run.coverage.gapLines
    guard listsGaps || gaps.isEmpty else {
      return [run.coverage.summary + " (--coverage lists the rest)"]
    }
    return [run.coverage.summary] + (listsGaps ? gaps.map { "  " + $0 } : [])
  }
}

extension Terminal {
  /// The sign of what is right or wrong, for this terminal.
  func mark(_ isRight: Bool) -> String {
    let sign = isUnicode ? (isRight ? "✓" : "✗") : (isRight ? "ok  " : "FAIL")
    return hasColor ? "\u{1B}[3\(isRight ? 2 : 1)m\(sign)\u{1B}[0m" : sign
  }
}
