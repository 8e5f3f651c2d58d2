/// The values that one trait was given, each with the call that gave it.
///
/// The value at an instant is that of the greatest (timestamp, messageId) not after it; null unsets
/// (`semantics.md`, ruling 15). Of the calls that set it once the first counts, and only while no other has set or
/// unset it: so the value does not depend on the order of arrival.
struct TraitHistory: Hashable, Sendable {
  /// One call that set the trait.
  struct Setting: Hashable, Sendable {
    let timestamp: Timestamp
    let messageID: String
    let value: JSONValue
    /// Whether it sets the trait only where nothing else has.
    var isOnce = false

    func isBefore(_ other: Setting) -> Bool {
      if timestamp != other.timestamp { return timestamp < other.timestamp }
      return messageID.utf8.lexicographicallyPrecedes(other.messageID.utf8)
    }
  }

  /// In the order of (timestamp, messageId).
  private(set) var settings: [Setting] = []

  /// The value at an instant; `nil` when unset, or set to null.
  func value(at now: Timestamp) -> JSONValue? {
    let setting =
      settings.last { $0.timestamp <= now && !$0.isOnce } ?? settings.first { $0.timestamp <= now }
    guard let setting, setting.value != .null else { return nil }
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
    if setting.isOnce, let known = settings.firstIndex(where: \.isOnce) {
      guard setting.isBefore(settings[known]) else { return }
      settings.remove(at: known)
    }
    let place = settings.firstIndex { setting.isBefore($0) } ?? settings.count
    settings.insert(setting, at: place)
    let current = settings.lastIndex { $0.timestamp <= now && !$0.isOnce }
    guard !keepsPast, let current else { return }
    settings.removeFirst(current)
    settings.removeAll(where: \.isOnce)
  }
}
