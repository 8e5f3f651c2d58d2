import NudgeCore
import NudgeRules

extension FuzzTarget {
  /// A rule file: there is a rule set or there are errors, each of them inside the file.
  static let rules = FuzzTarget(name: "rules") { bytes in
    let file = SourceFile(path: "rules/fuzz.yaml", bytes: bytes)
    let reading = RuleReader.read(files: [file], settings: .defaults(timezone: "UTC"))
    if (reading.ruleSet == nil) != reading.hasErrors { return "neither rules nor errors, or both" }
    let lines = file.lines.count
    for diagnostic in reading.diagnostics where diagnostic.place.path == file.path {
      if !(1...max(1, lines)).contains(diagnostic.place.line) {
        return "\(diagnostic.place) is not in the file"
      }
    }
    _ = DiagnosticPrinter(files: [file]).text(of: reading.diagnostics)
    return nil
  }
}

extension FuzzTarget {
  /// The memory of somebody, as the database keeps it.
  static let memory = FuzzTarget(name: "memory") { bytes in
    guard let rules = sampleIndex else { return "the sample rules are no rules" }
    _ = try? Memory(.user("ana"), from: bytes, for: rules)
    return nil
  }

  private static let sampleIndex: RuleIndex? = {
    let text = """
      nudged: 1
      models:
        m:
          subject: user
          starts: {did: Signed Up}
          milestones: {done: {reached_when: {did: Task Done, times: {at_least: 3}}}}
          metrics: {uses: {count: Use}}
      campaigns:
        c:
          mode: live
          model: m
          steps: [{name: s, on_day: 1, send: email, template: t}]
      """
    let file = SourceFile(path: "rules/a.yaml", bytes: Array(text.utf8))
    let reading = RuleReader.read(files: [file], settings: .defaults(timezone: "UTC"))
    return reading.ruleSet.map { RuleIndex($0, zones: ZoneTable([], version: "")) }
  }()
}
