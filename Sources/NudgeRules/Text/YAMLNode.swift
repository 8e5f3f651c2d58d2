/// One value of a YAML file, with the place where it stands.
public struct YAMLNode: Hashable, Sendable {
  /// What stands there.
  public enum Content: Hashable, Sendable {
    /// Text, and whether it stands without quotes.
    case scalar(String, isPlain: Bool)
    case list([YAMLNode])
    /// In the order of the file, each key once.
    case map([YAMLEntry])
    /// Something that has been reported already.
    case broken
  }

  /// Where it begins.
  public let place: Place
  /// What stands there.
  public let content: Content

  /// A value at a place.
  public init(place: Place, content: Content) {
    self.place = place
    self.content = content
  }

  /// The entries of a map; `nil` for anything else.
  public var entries: [YAMLEntry]? {
    if case .map(let entries) = content { entries } else { nil }
  }

  /// The elements of a list; `nil` for anything else.
  public var elements: [YAMLNode]? {
    if case .list(let elements) = content { elements } else { nil }
  }

  /// The text of a scalar; `nil` for anything else.
  public var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// The value under a key of a map.
  public subscript(key: String) -> YAMLNode? {
    entries?.first { $0.key == key }?.value
  }
}

/// A key of a map and its value.
public struct YAMLEntry: Hashable, Sendable {
  /// The key as text.
  public let key: String
  /// Where the key stands.
  public let place: Place
  /// What stands behind it.
  public let value: YAMLNode

  /// A key with its value.
  public init(key: String, place: Place, value: YAMLNode) {
    self.key = key
    self.place = place
    self.value = value
  }
}
