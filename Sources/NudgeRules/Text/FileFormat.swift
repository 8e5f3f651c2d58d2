/// What a file of ours is, by the keys at its top.
public enum FileFormat: Hashable, Sendable {
  case rules
  case settings
  case campaignTest

  /// The format of a file; one that cannot be read counts as rules.
  public init(of file: SourceFile) {
    self.init(of: YAMLReader.read(file, into: DiagnosticCollector()))
  }

  init(of tree: YAMLNode?) {
    if tree?["nudged_test"] != nil {
      self = .campaignTest
    } else if tree?["nudged"] == nil, tree?["nudged_config"] != nil || tree?["timezone"] != nil {
      self = .settings
    } else {
      self = .rules
    }
  }

  /// The kind of the map that the file is.
  var root: MapKind {
    switch self {
    case .rules: .ruleFile
    case .settings: .settings
    case .campaignTest: .testFile
    }
  }
}
