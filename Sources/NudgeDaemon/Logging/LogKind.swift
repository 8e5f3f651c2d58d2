/// What a log event tells of, for those that a reader looks up: each has one sentence, and one id in the journal.
///
/// The id is the `MESSAGE_ID` of systemd.journal-fields(7); `systemd/nudged.catalog` explains each (`journalctl -x`).
public enum LogKind: String, Hashable, Sendable, CaseIterable {
  case ready
  case stopped
  case rulesLoaded
  case rulesUnchanged
  case rulesRejected
  case rulesRejectedAtStart
  case rulesNotLoaded
  case decisionMade
  case decisionDropped
  case deliverySettled
  case deliveryRetried
  case deliveryExpired
  case deliveryGivenUp
  case channelPaused
  case channelDisabled
  case breakerOpened
  case breakerClosed
  case fileEdited
  case fileUnwritable
  case summary
  case erased

  /// The constant sentence of its log events.
  public var sentence: String {
    switch self {
    case .ready: "ready"
    case .stopped: "stopped"
    case .rulesLoaded: "rules loaded"
    case .rulesUnchanged: "rules unchanged"
    case .rulesRejected: "rules rejected, the running set stays"
    case .rulesRejectedAtStart: "rules rejected, the last good set decides"
    case .rulesNotLoaded: "rules not loaded, the running set stays"
    case .decisionMade: "decision made"
    case .decisionDropped: "decision dropped"
    case .deliverySettled: "delivery settled"
    case .deliveryRetried: "delivery failed, it will be tried again"
    case .deliveryExpired: "delivery expired"
    case .deliveryGivenUp: "delivery given up"
    case .channelPaused: "channel paused"
    case .channelDisabled: "channel disabled, its receiver is gone"
    case .breakerOpened: "breaker opened"
    case .breakerClosed: "breaker closed"
    case .fileEdited: "outbox file was edited, a new segment begins"
    case .fileUnwritable: "outbox file cannot be written"
    case .summary: "work summed up"
    case .erased: "person erased"
    }
  }

  /// The kind that a log event's sentence is of; `nil` for all others.
  init?(sentence: String) {
    guard let kind = LogKind.bySentence[sentence] else { return nil }
    self = kind
  }

  private static let bySentence = Dictionary(
    uniqueKeysWithValues: allCases.map { ($0.sentence, $0) }
  )
}
