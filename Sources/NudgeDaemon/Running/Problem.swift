import NudgeCore

/// Something of the running daemon that a person should look at.
enum Problem: Hashable, Sendable {
  /// The rules on disk are not those that decide; the first line of why.
  case rulesRejected(String)
  /// A receiver has said that it is gone for good.
  case channelDisabled(String)
  /// A webhook fails again and again, and is left alone for a while.
  case channelFailing(String)
  /// A file cannot be appended to.
  case fileUnwritable(String)
  /// So many bytes are left on the disk of the database.
  case lowSpace(Int)
  /// What is due has waited for so many seconds.
  case decisionsLate(Int)

  /// The word that programs know it by; part of the API and of a label.
  var code: String {
    switch self {
    case .rulesRejected: "rules-rejected"
    case .channelDisabled: "channel-disabled"
    case .channelFailing: "channel-failing"
    case .fileUnwritable: "file-unwritable"
    case .lowSpace: "low-space"
    case .decisionsLate: "decisions-late"
    }
  }

  /// What is the case, in a few words.
  var text: String {
    switch self {
    case .rulesRejected: "rules rejected"
    case .channelDisabled(let channel): "channel \(channel) disabled"
    case .channelFailing(let channel): "channel \(channel) fails"
    case .fileUnwritable(let channel): "file of channel \(channel) cannot be written"
    case .lowSpace(let bytes): "\(bytes / 1_048_576) MiB left on the disk"
    case .decisionsLate(let seconds): "decisions are \(seconds) s late"
    }
  }

  /// What to do about it.
  var advice: String {
    switch self {
    case .rulesRejected(let reason):
      "the set that ran before decides; mend this, then `nudged reload`: \(reason)"
    case .channelDisabled(let channel):
      "its receiver answered 410; once there is another: nudged outbox retry --channel \(channel)"
    case .channelFailing(let channel):
      "look at what its receiver answers: nudged outbox list --channel \(channel)"
    case .fileUnwritable: "look at the folder's owner, mode and room; it is tried again by itself"
    case .lowSpace: "make room; with none left, senders of events are told to come back later"
    case .decisionsLate:
      "the machine is busy, or the disk slow: see nudged_transaction_duration_seconds"
    }
  }

  var json: JSONValue {
    .object([
      .init("code", .string(code)), .init("text", .string(text)), .init("advice", .string(advice)),
    ])
  }
}
