/// The values that one trait was given, each with the call that gave it.
///
/// The value at an instant is that of the greatest (timestamp, messageId) not after it; null unsets
/// (`semantics.md`, ruling 15).
struct TraitHistory: Hashable, Sendable {
  /// One call that set the trait.
  struct Setting: Hashable, Sendable {
    let timestamp: Timestamp
    let messageID: String
    let value: JSONValue

    func isBefore(_ other: Setting) -> Bool {
      if timestamp != other.timestamp { return timestamp < other.timestamp }
      return messageID.utf8.lexicographicallyPrecedes(other.messageID.utf8)
    }
  }

  /// In the order of (timestamp, messageId).
  private(set) var settings: [Setting] = []

  /// The value at an instant; `nil` when unset, or set to null.
  func value(at now: Timestamp) -> JSONValue? {
    guard let setting = settings.last(where: { $0.timestamp <= now }), setting.value != .null
    else { return nil }
    return setting.value
  }

  /// The first instant after `now` at which a known call takes effect.
  func nextChange(after now: Timestamp) -> Timestamp {
    settings.first { $0.timestamp > now }?.timestamp ?? .never
  }

  /// Adds a call of the past, unless it is known.
  mutating func insertMissing(_ setting: Setting) {
    guard !settings.contains(setting) else { return }
    insert(setting, now: .distantPast, keepsPast: true)
  }

  /// Adds a call; what can no longer matter is dropped unless the past is needed.
  mutating func insert(_ setting: Setting, now: Timestamp, keepsPast: Bool) {
    let place = settings.firstIndex { setting.isBefore($0) } ?? settings.count
    settings.insert(setting, at: place)
    guard !keepsPast, let current = settings.lastIndex(where: { $0.timestamp <= now }) else {
      return
    }
    settings.removeFirst(current)
  }
}
