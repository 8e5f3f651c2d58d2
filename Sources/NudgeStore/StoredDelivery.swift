import GRDB
public import NudgeCore

/// A delivery as it is stored, with what its payload says of where it comes from.
public struct StoredDelivery: Hashable, Sendable {
  /// Its place in the order of all deliveries.
  public let sequence: Int64
  /// The delivery itself.
  public let delivery: Delivery
  /// When it was decided.
  public let createdAt: Timestamp
  /// The campaign; `nil` when the payload names none.
  public let campaign: String?
  /// The step; `nil` when the payload names none.
  public let step: String?
  /// Whom it is about; `nil` for several together.
  public let subject: SubjectID?
}

extension StoredDelivery {
  init(_ row: Row) {
    let payload = JSONText(wellFormed: Array((row["payload"] as String).utf8)).value
    let data = payload?["data"]
    let subject = data?["subject"].flatMap { subject -> SubjectID? in
      guard let kind = subject["type"]?.text.flatMap(SubjectKind.init), let id = subject["id"]?.text
      else { return nil }
      return SubjectID(kind: kind, id: id)
    }
    self.init(
      sequence: row["sequence"],
      delivery: Delivery(row),
      createdAt: Timestamp(millisecondsSinceEpoch: row["created_at"]),
      campaign: data?["campaign"]?.text,
      step: data?["step"]?.text,
      subject: subject
    )
  }
}

/// Which deliveries are meant, by what they have in common.
public struct DeliveryChoice: Sendable {
  /// The names of the states of a table; of several any.
  public enum State: String, CaseIterable, Hashable, Sendable {
    case pending
    case inFlight = "in-flight"
    case delivered
    case expired
    case dead
    case cancelled
  }

  /// Any of these states.
  public var states: [State]
  /// One delivery by its id; `nil`: any.
  public var id: String?
  /// `nil`: any.
  public var channel: String?
  /// `nil`: any.
  public var campaign: String?
  /// A text that the last answer has in it; `nil`: any.
  public var error: String?
  /// Decided at this instant or later; `nil`: any.
  public var since: Timestamp?
  /// Decided before this instant; `nil`: any.
  public var until: Timestamp?

  /// Their meaning was lost by this instant; `nil`: any.
  public var expiredBy: Timestamp?

  /// Those of them that have lost their meaning at an instant.
  public func expired(at now: Timestamp) -> DeliveryChoice {
    var choice = self
    choice.expiredBy = now
    return choice
  }

  /// All deliveries of these states.
  public init(states: [State]) {
    self.states = states
  }

  /// The condition in SQL, with its arguments.
  var condition: SQL {
    var parts: [SQL] = ["state IN \(states.map(\.rawValue))"]
    if let id { parts.append("id = \(id)") }
    if let channel { parts.append("channel = \(channel)") }
    if let campaign {
      parts.append("json_extract(payload, '$.data.campaign') = \(campaign)")
    }
    if let error { parts.append("instr(ifnull(last_answer, ''), \(error)) > 0") }
    if let since { parts.append("created_at >= \(since.millisecondsSinceEpoch)") }
    if let until { parts.append("created_at < \(until.millisecondsSinceEpoch)") }
    if let expiredBy { parts.append("expires_at <= \(expiredBy.millisecondsSinceEpoch)") }
    return parts.joined(separator: " AND ")
  }
}
