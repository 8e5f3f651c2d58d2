public import NudgeCore

/// What has been seen of events, their properties and traits, for the hints that only history can give.
public struct RecordedHistory: Sendable {
  /// The values that were seen under one name.
  struct Values: Sendable {
    var scalars: Set<Scalar> = []
    /// Whether there were lists or maps too.
    var hasOthers = false
  }

  /// When the newest event happened.
  public let until: Timestamp
  /// By the name of the event.
  let lastSeen: [String: Timestamp]
  private(set) var properties: [EventProperty: Values] = [:]
  private(set) var traits: [String: Values] = [:]
  private(set) var entries: [String: Int] = [:]

  /// Events that were last seen at these instants, by name.
  public init(lastSeen: [String: Timestamp]) {
    self.lastSeen = lastSeen
    self.until = lastSeen.values.max() ?? .distantPast
  }

  /// Notes that a property had a value; `nil` for a list or a map.
  public mutating func note(_ value: Scalar?, of property: EventProperty) {
    properties[property, default: Values()].note(value)
  }

  /// Notes that a trait had a value; `nil` for a list or a map.
  public mutating func note(_ value: Scalar?, ofTrait name: String) {
    traits[name, default: Values()].note(value)
  }

  /// Notes how many would have entered a campaign in the last 30 days.
  public mutating func note(entries count: Int, into campaign: String) {
    entries[campaign] = count
  }

  /// The first instant of the last 30 days.
  public var recent: Timestamp {
    Timestamp(millisecondsSinceEpoch: until.millisecondsSinceEpoch - 30 * 86_400_000)
  }
}

extension RecordedHistory.Values {
  fileprivate mutating func note(_ value: Scalar?) {
    if let value { scalars.insert(value) } else { hasOthers = true }
  }
}

/// A property of the events of one name.
public struct EventProperty: Hashable, Sendable {
  /// The name of the event.
  public let event: String
  /// The name of the property.
  public let name: String

  /// A property of the events of this name.
  public init(event: String, name: String) {
    self.event = event
    self.name = name
  }
}
