public import NudgeCore

/// Reads the values of one map, and reports what is unknown, missing or badly written.
///
/// Unknown and missing keys are reported at once; each value when it is asked for. A `nil` answer means
/// that the key is not there, or that its value has been reported.
public struct MapReader {
  /// The table of keys that it is read by.
  public let kind: MapKind
  /// What the map is, for messages: `` step `quickstart-email` ``.
  public let title: String
  /// Where to report what is missing.
  public let place: Place
  /// The keys that are there, in the order of the file.
  public let entries: [YAMLEntry]
  let collector: DiagnosticCollector

  /// A reader of a map of this kind; `nil`, and reported, if the node is none.
  ///
  /// What is missing is reported at `place`, such as the map's own name.
  public init?(
    _ node: YAMLNode,
    as kind: MapKind,
    title: String? = nil,
    at place: Place? = nil,
    collector: DiagnosticCollector
  ) {
    guard let entries = collector.entries(of: node, write: "a map with the keys of \(kind.title)")
    else { return nil }
    self.kind = kind
    self.title = title ?? kind.title
    self.place = place ?? entries.first?.place ?? node.place
    self.entries = entries
    self.collector = collector
    reportUnknownKeys()
    reportMissingKeys()
  }

  private func reportUnknownKeys() {
    let known = kind.keys.map(\.name)
    for entry in entries where !known.contains(entry.key) {
      let nearest = Suggestion.nearest(to: entry.key, among: known)
      collector.report(
        .unknownKey,
        at: entry.place,
        "unknown key `\(entry.key)` in \(title)",
        label: nearest.map { ["did you mean `\($0)`?"] } ?? [],
        help: [kind.help(near: nearest)]
      )
    }
  }

  private func reportMissingKeys() {
    for key in kind.keys where key.isRequired && !has(key.name) {
      let isMisspelt = entries.contains { entry in
        kind.key(entry.key) == nil
          && Suggestion.nearest(to: entry.key, among: kind.keys.map(\.name)) == key.name
      }
      guard !isMisspelt else { continue }
      collector.report(
        .missingKey,
        at: place,
        "\(title) has no `\(key.name)`",
        label: ["write \(key.kind.advice)"]
      )
    }
  }

  /// Whether a key is there.
  public func has(_ key: String) -> Bool {
    entry(key) != nil
  }

  /// The entry of a key.
  public func entry(_ key: String) -> YAMLEntry? {
    precondition(kind.key(key) != nil, "\(kind) has no key \(key) in its table")
    return entries.first { $0.key == key }
  }

  /// The value of a key, unread.
  public func node(_ key: String) -> YAMLNode? {
    entry(key)?.value
  }

  /// A single value, read by a function.
  func parsed<Value>(
    _ key: String,
    _ parse: (ScalarText) throws(Misreading) -> Value
  ) -> Value? {
    guard let entry = entry(key) else { return nil }
    return collector.parsed(entry.value, of: entry, parse)
  }

  /// Any text.
  public func text(_ key: String) -> String? {
    parsed(key, ScalarForm.text)
  }

  /// A name of lower-case letters, digits, `-` and `_`.
  public func name(_ key: String) -> String? {
    parsed(key, ScalarForm.name)
  }

  /// `true` or `false`.
  public func flag(_ key: String) -> Bool? {
    parsed(key, ScalarForm.flag)
  }

  /// A whole number in the bounds of the key's table.
  public func whole(_ key: String) -> Int? {
    guard case .whole(let bounds) = kind.key(key)?.kind else {
      preconditionFailure("\(key) of \(kind) is no whole number")
    }
    return parsed(key) { scalar throws(Misreading) in try ScalarForm.whole(scalar, in: bounds) }
  }

  /// One of the words of the key's table.
  public func choice(_ key: String) -> String? {
    guard case .choice(let words) = kind.key(key)?.kind else {
      preconditionFailure("\(key) of \(kind) is no choice")
    }
    return parsed(key) { scalar throws(Misreading) in try ScalarForm.choice(scalar, of: words) }
  }

  /// Clock time: `90m`, `48h`.
  public func clockSpan(_ key: String) -> Duration? {
    parsed(key, ScalarForm.clockMilliseconds).map { .milliseconds($0) }
  }

  /// Clock time or calendar days.
  public func span(_ key: String) -> Span? {
    parsed(key, ScalarForm.span)
  }

  /// Calendar days, at least one.
  public func calendarDays(_ key: String) -> Int? {
    parsed(key, ScalarForm.calendarDays)
  }

  /// `credential:NAME` or `file:PATH`, as written.
  public func secret(_ key: String) -> String? {
    parsed(key, ScalarForm.secret)
  }

  /// A number of bytes: `64MB`, `8MiB`.
  public func byteSize(_ key: String) -> Int? {
    parsed(key, ScalarForm.byteSize)
  }

  /// How many a second: `50/s`.
  public func rate(_ key: String) -> Int? {
    parsed(key, ScalarForm.rate)
  }

  /// A map of the kind that the key's table names.
  public func map(_ key: String) -> MapReader? {
    guard let entry = entry(key) else { return nil }
    guard case .map(let inner) = kind.key(key)?.kind else {
      preconditionFailure("\(key) of \(kind) is no map")
    }
    return MapReader(
      entry.value,
      as: inner,
      title: "`\(key)`",
      at: entry.place,
      collector: collector
    )
  }

  /// The elements of a list; empty when the key is not there.
  public func list(_ key: String) -> [YAMLNode] {
    guard let entry = entry(key) else { return [] }
    return collector.elements(of: entry) ?? []
  }

  /// A list of single values, each read by a function; empty when the key is not there.
  func parsedList<Value>(
    _ key: String,
    _ parse: (ScalarText) throws(Misreading) -> Value
  ) -> [Value] {
    guard let entry = entry(key) else { return [] }
    return list(key).compactMap { collector.parsed($0, of: entry, parse) }
  }

  /// A list of texts; empty when the key is not there.
  public func texts(_ key: String) -> [String] {
    parsedList(key, ScalarForm.text)
  }

  /// A list of clock times; empty when the key is not there.
  public func clockSpans(_ key: String) -> [Duration] {
    parsedList(key, ScalarForm.clockMilliseconds).map { .milliseconds($0) }
  }

  /// The entries of a map from names to maps, each with its reader.
  ///
  /// Names that are not formed as names are reported and still read.
  public func named(_ key: String) -> [(name: String, map: MapReader)] {
    guard let entry = entry(key) else { return [] }
    guard case .named(let inner) = kind.key(key)?.kind else {
      preconditionFailure("\(key) of \(kind) is no map of names")
    }
    return collector.namedEntries(of: entry, as: inner).compactMap { entry in
      let title = "\(inner.noun) `\(entry.key)`"
      return MapReader(
        entry.value,
        as: inner,
        title: title,
        at: entry.place,
        collector: collector
      ).map { (entry.key, $0) }
    }
  }

  /// Reports something about one of the map's keys.
  func report(
    _ code: DiagnosticCode,
    at key: String,
    _ message: String,
    level: Diagnostic.Level? = nil,
    label: [String] = [],
    help: [String] = []
  ) {
    let place = entries.first { $0.key == key }?.place ?? self.place
    collector.report(code, at: place, message, level: level, label: label, help: help)
  }
}

extension MapKind {
  /// The line of help below an unknown key.
  func help(near key: String?) -> String {
    let timing = Key.timings.map(\.name) + ["at"]
    if self == .step, let key, timing.contains(key) { return MapKind.timingHelp }
    return "the keys of \(title) are: \(keys.map(\.name).joined(separator: " · "))"
  }

  /// What a step's timing can be.
  static let timingHelp =
    "a step's timing is one of: on_day + at · after · every + at · immediately · as_soon_as"
}
