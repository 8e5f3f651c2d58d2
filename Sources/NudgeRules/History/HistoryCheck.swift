import NudgeCore

/// Compares rule files with what has been seen: `dead-event`, `number-vs-text` and `volume`.
public struct HistoryCheck {
  private let mentions: RuleMentions

  /// A check of these rule files.
  public init(files: [SourceFile]) {
    mentions = RuleMentions(files)
  }

  /// The properties whose values the rules ask for.
  public var properties: Set<EventProperty> {
    Set(
      mentions.events.flatMap { event in
        event.tests.map { EventProperty(event: event.name, name: $0.name) }
      }
    )
  }

  /// The traits whose values the rules ask for.
  public var traits: Set<String> { Set(mentions.traits.map(\.name)) }

  /// The hints, by file and position; `limit` is `volume_limit` of the settings.
  public func hints(from history: RecordedHistory, volumeLimit limit: Int?) -> [Diagnostic] {
    let collector = DiagnosticCollector()
    let values = ValueHints(collector: collector)
    for event in mentions.events {
      guard isAlive(event, in: history, collector) else { continue }
      for test in event.tests {
        let seen = history.properties[EventProperty(event: event.name, name: test.name)]
        values.report(test, "property `\(test.name)` of `\(event.name)`", seen: seen)
      }
    }
    for test in mentions.traits {
      values.report(test, "trait `\(test.name)`", seen: history.traits[test.name])
    }
    if let limit { reportVolume(over: limit, history, collector) }
    return collector.diagnostics
  }

  private func isAlive(
    _ event: RuleMentions.Event,
    in history: RecordedHistory,
    _ collector: DiagnosticCollector
  ) -> Bool {
    guard let last = history.lastSeen[event.name] else {
      collector.report(
        .deadEvent,
        at: event.place,
        "the event `\(event.name)` was never seen",
        label: Suggestion.label(for: event.name, among: history.lastSeen.keys.sorted())
      )
      return false
    }
    if last < history.recent {
      collector.report(
        .deadEvent,
        at: event.place,
        "the event `\(event.name)` was last seen on \(Zone.utc.date(at: last))",
        label: ["the newest event is of \(Zone.utc.date(at: history.until))"]
      )
    }
    return true
  }

  private func reportVolume(
    over limit: Int,
    _ history: RecordedHistory,
    _ collector: DiagnosticCollector
  ) {
    for campaign in mentions.campaigns {
      guard let count = history.entries[campaign.name], count > limit else { continue }
      collector.report(
        .volume,
        at: campaign.place,
        "campaign `\(campaign.name)` would have taken in \(count) in the last 30 days",
        label: ["`volume_limit` of the settings is \(limit)"]
      )
    }
  }
}

/// Compares the values that rules ask for with those that were seen.
private struct ValueHints {
  let collector: DiagnosticCollector

  func report(
    _ test: RuleMentions.Test,
    _ fact: String,
    seen: RecordedHistory.Values?
  ) {
    guard let seen else {
      if test.isAbsent { return }
      return collector.report(
        .deadEvent,
        at: test.place,
        "\(fact) was never seen"
      )
    }
    reportMixture(test, fact, seen)
    guard !seen.hasOthers else { return }
    for (value, place) in test.wanted where !seen.scalars.contains(value) {
      reportMissing(value, at: place, fact, seen)
    }
  }

  private func reportMissing(
    _ value: Scalar,
    at place: Place,
    _ fact: String,
    _ seen: RecordedHistory.Values
  ) {
    let twin = value.twin.flatMap { seen.scalars.contains($0) ? $0 : nil }
    if let twin {
      return collector.report(
        .numberVsText,
        at: place,
        "\(fact) never was \(value.shown)",
        label: ["it was \(twin.shown); a number never equals a text"]
      )
    }
    let texts = seen.scalars.compactMap(\.textValue).sorted()
    collector.report(
      .deadEvent,
      at: place,
      "\(fact) never was \(value.shown)",
      label: value.textValue.map { Suggestion.label(for: $0, among: texts) } ?? []
    )
  }

  private func reportMixture(
    _ test: RuleMentions.Test,
    _ fact: String,
    _ seen: RecordedHistory.Values
  ) {
    let texts = seen.scalars.compactMap(\.textValue).sorted()
    guard
      let text = texts.first(where: { text in
        Number(text).map { seen.scalars.contains(.number($0)) } ?? false
      })
    else { return }
    collector.report(
      .numberVsText,
      at: test.place,
      "\(fact) was the number \(text) and the text \"\(text)\"",
      label: ["a number never equals a text; let the product send one of them"]
    )
  }
}

extension Scalar {
  fileprivate var textValue: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The number for a text that is written like one, the text for a number.
  fileprivate var twin: Scalar? {
    switch self {
    case .bool(let bool): .text(String(bool))
    case .number(let number): .text(number.description)
    case .text("true"): .bool(true)
    case .text("false"): .bool(false)
    case .text(let text): Number(text).map { .number($0) }
    }
  }

  fileprivate var shown: String {
    switch self {
    case .bool(let bool): "\(bool)"
    case .number(let number): "the number \(number)"
    case .text(let text): Number(text) == nil ? "`\(text)`" : "the text \"\(text)\""
    }
  }
}
