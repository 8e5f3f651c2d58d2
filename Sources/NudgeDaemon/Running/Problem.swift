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
  /// A write found no room, and there has been none since.
  case diskFull
  /// Somebody who reads keeps the log from being moved into the file.
  case logHeld
  /// The time of day is not believed; in a few words.
  case clock(String)

  /// The word that programs know it by; part of the API and of a label.
  var code: String {
    switch self {
    case .rulesRejected: "rules-rejected"
    case .channelDisabled: "channel-disabled"
    case .channelFailing: "channel-failing"
    case .fileUnwritable: "file-unwritable"
    case .lowSpace: "low-space"
    case .decisionsLate: "decisions-late"
    case .diskFull: "disk-full"
    case .logHeld: "log-held"
    case .clock: "clock"
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
    case .diskFull: "disk full, events are refused"
    case .logHeld: "a reader holds on to the database's log"
    case .clock(let text): text
    }
  }

  /// What to do about it.
  var advice: String {
    switch self {
    case .rulesRejected(let reason):
      "the set that ran before decides; mend this, then `nudged reload`: \(reason)"
    case .channelDisabled(let channel):
      "its receiver answered 410; once there is another: nudged outbox enable \(channel)"
    case .channelFailing(let channel):
      "look at what its receiver answers: nudged outbox list --channel \(channel)"
    case .fileUnwritable: "look at the folder's owner, mode and room; it is tried again by itself"
    case .lowSpace: "make room; with none left, senders of events are told to come back later"
    case .decisionsLate:
      "the machine is busy, or the disk slow: see nudged_transaction_duration_seconds"
    case .diskFull:
      "make room; what is decided already still goes out, events are taken again by themselves"
    case .logHeld: "end whatever has had the database open for so long: a report, a copy, sqlite3"
    case .clock: "set the machine's clock right, or, if it is: nudged clock confirm"
    }
  }

  var json: JSONValue {
    .object([
      .init("code", .string(code)), .init("text", .string(text)), .init("advice", .string(advice)),
    ])
  }
}
