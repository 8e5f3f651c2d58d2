/// One key of one kind of map: what the reader, `fmt` and the JSON Schema know of it.
public struct Key: Hashable, Sendable {
  /// How it is written.
  public let name: String
  /// What may stand behind it.
  public let kind: ValueKind
  /// Whether it must be there.
  public let isRequired: Bool
  /// One sentence for people who hover over the key.
  public let documentation: String

  init(_ name: String, _ kind: ValueKind, _ documentation: String, required: Bool = false) {
    self.name = name
    self.kind = kind
    self.isRequired = required
    self.documentation = documentation
  }
}

/// The kinds of maps in rule files, in the settings and in tests.
public enum MapKind: String, Hashable, Sendable, CaseIterable {
  case ruleFile
  case audience
  case model
  case milestone
  case paceEntry
  case ladderEntry
  case metric
  case score
  case component
  case row
  case linear
  case band
  case campaign
  case exit
  case reEntry
  case step
  case variant
  case mute
  case condition
  case match
  case numberTest
  case settings
  case channel
  case quietHours
  case cap
  case listen
  case keys
  case store
  case limits
  case tls
  case rotate
  case breaker
  case testFile
  case campaignTest
  case given
  case testSilence
  case expectation
  case sentExpectation
  case absenceExpectation
  case stateExpectation
  case personFile
}

extension MapKind {
  /// What people call it, without an article: `step`.
  public var noun: String {
    switch self {
    case .ruleFile: "rule file"
    case .paceEntry: "pace entry"
    case .ladderEntry: "ladder entry"
    case .row: "table row"
    case .exit: "way out"
    case .reEntry: "`re_enter`"
    case .match: "test of a value"
    case .numberTest: "number test"
    case .settings: "settings file"
    case .quietHours: "`quiet_hours`"
    case .listen: "`listen`"
    case .keys: "`keys`"
    case .store: "`store`"
    case .limits: "`limits`"
    case .tls: "`tls`"
    case .rotate: "`rotate`"
    case .breaker: "`breaker`"
    case .linear: "`linear`"
    case .testFile: "test file"
    case .campaignTest: "test"
    case .given: "entry of `given`"
    case .testSilence: "`silence`"
    case .expectation: "`expect`"
    case .sentExpectation: "entry of `sent`"
    case .absenceExpectation: "entry of `not_sent`"
    case .stateExpectation: "entry of `state`"
    case .personFile: "person's file"
    case .audience, .model, .milestone, .metric, .score, .component, .band, .campaign, .step,
      .variant, .mute, .condition, .channel, .cap:
      rawValue
    }
  }

  /// What people call it, with an article: `a step`, `` `listen` ``.
  public var title: String {
    if noun.hasPrefix("`") { return noun }
    return "aeiou".contains(noun.prefix(1)) ? "an \(noun)" : "a \(noun)"
  }

  /// The key of this name; `nil` when the kind has none such.
  public func key(_ name: String) -> Key? {
    keys.first { $0.name == name }
  }

  /// All keys, in the order in which they are best written.
  public var keys: [Key] {
    switch self {
    case .ruleFile: Key.ruleFile
    case .audience: Key.audience
    case .model: Key.model
    case .milestone: Key.milestone
    case .paceEntry: Key.paceEntry
    case .ladderEntry: Key.ladderEntry
    case .metric: Key.metric
    case .score: Key.score
    case .component: Key.component
    case .row: Key.row
    case .linear: Key.linear
    case .band: Key.band
    case .campaign: Key.campaign
    case .exit: Key.exit
    case .reEntry: Key.reEntry
    case .step: Key.step
    case .variant: Key.variant
    case .mute: Key.mute
    case .condition: Key.condition
    case .match: Key.match
    case .numberTest: Key.numberTest
    case .settings: Key.settings
    case .channel: Key.channel
    case .quietHours: Key.quietHours
    case .cap: Key.cap
    case .listen: Key.listen
    case .keys: Key.keys
    case .store: Key.store
    case .limits: Key.limits
    case .tls: Key.tls
    case .rotate: Key.rotate
    case .breaker: Key.breaker
    case .testFile: Key.testFile
    case .campaignTest: Key.campaignTest
    case .given: Key.given
    case .testSilence: Key.testSilence
    case .expectation: Key.expectation
    case .sentExpectation: Key.sentExpectation
    case .absenceExpectation: Key.absenceExpectation
    case .stateExpectation: Key.stateExpectation
    case .personFile: Key.personFile
    }
  }
}
