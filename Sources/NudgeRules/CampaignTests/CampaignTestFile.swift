/// A test file as it is read, before the rule files that it names.
public struct CampaignTestFile: Sendable {
  /// The file.
  public let source: SourceFile
  /// The rule files that decide: paths and patterns, seen from the file's folder.
  public let rules: [ScalarText]
  /// The map of the settings; `nil` when there is none.
  public let settings: YAMLNode?
  /// In the order of the file, one for each row of a table.
  public let tests: [CampaignTest]

  /// All lists of rule files that decide at some time, the first one from the beginning.
  var deployed: [[ScalarText]] {
    let later = tests.flatMap(\.timeline.given).compactMap { given -> [ScalarText]? in
      if case .deploy(let files) = given.act { files } else { nil }
    }
    return [rules] + later
  }
}

/// One made-up person, as `nudged simulate` reads them.
public struct PersonFile: Sendable {
  /// The person's id.
  public let user: String
  /// What happens to them.
  public let timeline: Timeline
}
