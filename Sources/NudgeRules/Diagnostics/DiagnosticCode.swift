/// What kind of mistake it is, as a stable word.
public enum DiagnosticCode: String, Hashable, Sendable, CaseIterable {
  case yamlSyntax = "yaml-syntax"
  case fileTooLarge = "file-too-large"
  case nestingTooDeep = "nesting-too-deep"
  case secondDocument = "second-document"
  case yamlAlias = "yaml-alias"
  case duplicateKey = "duplicate-key"
  case unknownKey = "unknown-key"
  case missingKey = "missing-key"
  case misplacedKey = "misplaced-key"
  case wrongType = "wrong-type"
  case wrongValue = "wrong-value"
  case badName = "bad-name"
  case badDuration = "bad-duration"
  case badTime = "bad-time"
  case badPercentage = "bad-percentage"
  case badNumber = "bad-number"
  case duplicateName = "duplicate-name"
  case unknownName = "unknown-name"
  case ambiguousName = "ambiguous-name"
  case twoVerbs = "two-verbs"
  case twoTimings = "two-timings"
  case twoActions = "two-actions"
  case twoWindows = "two-windows"
  case weightsNot100 = "weights-not-100"
  case ladderNoOtherwise = "ladder-no-otherwise"
  case ladderOrder = "ladder-order"
  case unreachableBand = "unreachable-band"
  case neverTrue = "never-true"
  case alwaysTrue = "always-true"
  case sameFactInAndOut = "same-fact-in-and-out"
  case cycle = "cycle"
  case noModel = "no-model"
  case noAnchor = "no-anchor"
  case wrongSubject = "wrong-subject"
  case windowBeyondRetention = "window-beyond-retention"
  case unknownChannel = "unknown-channel"
  case expiresShorterThanQuietHours = "expires-shorter-than-quiet-hours"
  case capBeatsSchedule = "cap-beats-schedule"
  case neverLeaves = "never-leaves"
  case incompleteDefinition = "incomplete-definition"
  case calendarOnHours = "calendar-on-hours"
  case unused = "unused"
  case missingTemplate = "missing-template"
  case templateSyntax = "template-syntax"
  case templateField = "template-field"
  case deadEvent = "dead-event"
  case numberVsText = "number-vs-text"
  case volume = "volume"
  case plainSecret = "plain-secret"
  case unsafeAddress = "unsafe-address"
  case badAllow = "bad-allow"

  /// How much it matters unless the place says otherwise.
  public var level: Diagnostic.Level {
    switch self {
    case .alwaysTrue, .unknownChannel, .expiresShorterThanQuietHours, .capBeatsSchedule,
      .neverLeaves, .incompleteDefinition, .badAllow:
      .warning
    case .calendarOnHours, .unused, .deadEvent, .numberVsText, .volume: .hint
    case .yamlSyntax, .fileTooLarge, .nestingTooDeep, .secondDocument, .yamlAlias, .duplicateKey,
      .unknownKey, .missingKey, .misplacedKey, .wrongType, .wrongValue, .badName, .badDuration,
      .badTime, .badPercentage, .badNumber, .duplicateName, .unknownName, .ambiguousName, .twoVerbs,
      .twoTimings, .twoActions, .twoWindows, .weightsNot100, .ladderNoOtherwise, .ladderOrder,
      .unreachableBand, .neverTrue, .sameFactInAndOut, .cycle, .noModel, .noAnchor, .wrongSubject,
      .windowBeyondRetention, .missingTemplate, .templateSyntax, .templateField, .plainSecret,
      .unsafeAddress:
      .error
    }
  }
}
