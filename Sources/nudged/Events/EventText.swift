import NudgeCore
import NudgeStore

/// Events and rejections as people read them.
struct EventText {
  /// In which times are told.
  let zone: Zone

  /// Events as a table, each with its time, whom it is about, what it is and its id.
  func table(_ events: [History.LoggedEvent]) -> [String] {
    guard !events.isEmpty else { return [] }
    var table = Table([.left, .left, .left, .left])
    table.add(["AT", "SUBJECT", "EVENT", "ID"])
    for logged in events {
      let event = logged.event
      let subject = event.userID ?? event.anonymousID ?? event.groupID ?? "-"
      table.add([event.timestamp.text(in: zone), subject, event.title, event.messageID])
    }
    return table.lines()
  }

  /// One event in the Segment form as a line, with what it carries.
  func line(_ event: JSONValue) -> String {
    func text(_ key: String) -> String? { event[key]?.text }
    let at = text("timestamp").flatMap { Timestamp(rfc3339: $0)?.text(in: zone) } ?? "-"
    let subject = text("userId") ?? text("anonymousId") ?? text("groupId") ?? "-"
    let title =
      text("event") ?? [text("type"), text("name")].compactMap(\.self).joined(separator: " ")
    let bodies = ["properties", "traits"].compactMap { event[$0]?.json.text }
    return ([at, subject, title] + bodies).joined(separator: "  ")
  }

  /// One event in full: a line for each field, and one for each member of its bodies.
  func card(_ logged: History.LoggedEvent) -> [String] {
    let event = logged.event
    var table = Table([.left, .left])
    let fields: [(String, String?)] = [
      ("type", event.kind.rawValue), ("event", event.name.isEmpty ? nil : event.name),
      ("userId", event.userID), ("anonymousId", event.anonymousID), ("groupId", event.groupID),
      ("previousId", event.previousID), ("messageId", event.messageID),
      ("timestamp", event.timestamp.text(in: zone)),
      ("receivedAt", event.receivedAt.text(in: zone)),
      ("taken in", logged.arrivedAt.text(in: zone)),
    ]
    for (name, value) in fields { if let value { table.add([name, value]) } }
    for (name, body) in [
      ("properties", event.properties), ("traits", event.traits), ("set once", event.traitsOnce),
      ("context", event.context),
    ] {
      guard case .object(let members) = body.value else { continue }
      for member in members { table.add(["\(name).\(member.key)", member.value.json.text]) }
    }
    return table.lines()
  }

  /// Rejections, each with its reason and, below, its message.
  func blocks(_ rejections: [RejectedMessage]) -> [String] {
    rejections.flatMap { rejected in
      [
        "\(rejected.at.text(in: zone))  \(rejected.rejection.code): \(rejected.rejection.reason)",
        "    \(rejected.visibleMessage)",
      ]
    }
  }
}

extension Event {
  /// Its name, else the kind of call.
  fileprivate var title: String {
    switch kind {
    case .track: name
    case .page, .screen: name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)"
    case .identify, .group, .alias: kind.rawValue
    }
  }
}

extension RejectedMessage {
  /// The columns of a table of rejections.
  static let columns = ["at", "code", "reason", "message"]

  /// The cells of a table.
  var cells: [String] { [at.rfc3339, rejection.code, rejection.reason, message] }

  /// The rejection as one JSON object; bytes that are no UTF-8 are replaced.
  var json: JSONValue {
    .object(zip(RejectedMessage.columns, cells).map { .init($0, .string($1)) })
  }

  /// The message on one line, without what would move a terminal's cursor.
  var visibleMessage: String {
    String(
      message.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "·" : Character($0) }
    )
  }

  private var message: String { String(decoding: rejection.message, as: UTF8.self) }
}
