public import NudgeCore

/// A test file with the rule files that it names, ready to be run; or the reasons why it is not.
public struct LoadedTests: Sendable {
  /// Its tests, in the order of the file; none when there are errors.
  public let tests: [CampaignTest]
  /// Everything that was found, by file and position.
  public let diagnostics: [Diagnostic]
  /// The files that were read, for showing the places.
  public let files: [SourceFile]
  /// The test file.
  public let source: SourceFile
  let rules: TestRules?

  /// Whether it can not be run.
  public var hasErrors: Bool { rules == nil }

  /// Reads a test file and all rule files that it names.
  ///
  /// - Throws: what the disk says when a file or folder cannot be read.
  public static func load(_ source: SourceFile, zones: ZoneTable) throws -> LoadedTests {
    var loading = Loading(source: source, zones: zones)
    return try loading.load()
  }
}

/// One test file on its way.
private struct Loading {
  let collector = DiagnosticCollector()
  let source: SourceFile
  let zones: ZoneTable
  var files: [SourceFile] = []

  init(source: SourceFile, zones: ZoneTable) {
    self.source = source
    self.zones = zones
  }

  mutating func load() throws -> LoadedTests {
    let reader = CampaignTestReader(zones: zones, collector: collector)
    guard let file = reader.read(source) else { return loaded(nil, rules: nil) }
    var sets: [[String]: RuleSet] = [:]
    for list in file.deployed where sets[list.map(\.text)] == nil {
      sets[list.map(\.text)] = try ruleSet(of: list, file)
    }
    guard !collector.hasErrors else { return loaded(nil, rules: nil) }
    let rules = TestRules(
      sets,
      first: file.rules.map(\.text),
      zones: zones,
      timelines: file.tests.map(\.timeline)
    )
    let check = CampaignTestCheck(collector: collector, ruleSets: rules.all)
    for test in file.tests { check.check(test) }
    return loaded(file, rules: collector.hasErrors ? nil : rules)
  }

  private mutating func ruleSet(
    of list: [ScalarText],
    _ file: CampaignTestFile
  ) throws -> RuleSet? {
    let found = try list.flatMap { try files(matching: $0) }
    let known = Set(files.map(\.path))
    files += found.filter { !known.contains($0.path) }
    guard !found.isEmpty else { return nil }
    let templates = try templates(file)
    let reading = RuleReader.read(
      files: found,
      settings: file.settings.map { .node($0) } ?? .defaults(timezone: "UTC"),
      templates: templates,
      zones: Set(zones.names)
    )
    for diagnostic in reading.diagnostics where diagnostic.level == .error {
      collector.report(diagnostic)
    }
    return reading.ruleSet
  }

  /// The templates of the folder that the settings name, seen from the test file; `nil` when they name none.
  private mutating func templates(_ file: CampaignTestFile) throws -> [SourceFile]? {
    guard let named = file.settings?["templates"], let folder = named.text else { return nil }
    let found = try RuleFolder.loadTemplates(PathText.joined(folderOf: source.path, folder))
    let known = Set(files.map(\.path))
    files += found.filter { !known.contains($0.path) }
    return found
  }

  private func files(matching pattern: ScalarText) throws -> [SourceFile] {
    let found = try RuleFolder.load(matching: pattern.text, seenFrom: source.path)
    if found.isEmpty {
      collector.report(
        .unknownName,
        at: pattern.place,
        "no rule file matches `\(pattern.text)`",
        label: ["paths are seen from the folder of this file"]
      )
    }
    return found
  }

  private func loaded(_ file: CampaignTestFile?, rules: TestRules?) -> LoadedTests {
    LoadedTests(
      tests: rules == nil ? [] : file?.tests ?? [],
      diagnostics: collector.diagnostics,
      files: [source] + files,
      source: source,
      rules: rules
    )
  }
}
