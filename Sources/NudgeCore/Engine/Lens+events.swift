extension Lens {
  /// The span of own timestamps that a fact counts, both ends included, in milliseconds.
  struct CountedSpan: Hashable, Sendable {
    let from: Int64
    let through: Int64
    /// The last instant that could still come to be counted.
    let last: Int64
    /// How far back a sliding window looks; `nil` when it does not slide.
    let slides: Span?
  }

  /// The span of a fact at `now`; `nil` while its anchor does not exist.
  func countedSpan(of fact: EventFact) -> CountedSpan? {
    let current = now.millisecondsSinceEpoch
    var from = Timestamp.distantPast.millisecondsSinceEpoch
    if fact.isFromStart {
      guard let start = progress?.startedAt else { return nil }
      from = start.millisecondsSinceEpoch
    }
    let open = Timestamp.never.millisecondsSinceEpoch
    switch fact.window {
    case .always:
      return CountedSpan(from: from, through: current, last: open, slides: nil)
    case .within(let span):
      let begin = span.windowStart(endingAt: now, in: zone).millisecondsSinceEpoch
      return CountedSpan(from: max(from, begin), through: current, last: open, slides: span)
    case .since(let anchor):
      guard let begin = instant(of: anchor)?.millisecondsSinceEpoch else { return nil }
      return CountedSpan(from: max(from, begin), through: current, last: open, slides: nil)
    case .withinFirst(let span, let anchor):
      guard let begin = instant(of: anchor) else { return nil }
      let last = span.windowEnd(from: begin, in: zone).millisecondsSinceEpoch - 1
      return CountedSpan(
        from: max(from, begin.millisecondsSinceEpoch),
        through: min(current, last),
        last: last,
        slides: nil
      )
    }
  }

  /// When an event leaves a window of this length that looks back from now.
  func leaving(_ instant: Int64, _ span: Span) -> Timestamp {
    span.windowEnd(from: Timestamp(millisecondsSinceEpoch: instant), in: zone)
  }

  /// What a fact counts now, and what is known to come.
  struct Counted {
    let occurrences: ArraySlice<Occurrences.Occurrence>
    /// Known events of the future that will be counted.
    let coming: ArraySlice<Occurrences.Occurrence>
    let span: CountedSpan
  }

  /// What a fact counts now; `nil` while its anchor does not exist.
  func counted(_ fact: EventFact) -> Counted? {
    guard let span = countedSpan(of: fact) else { return nil }
    guard let series = memory.series[fact.series] else {
      return Counted(occurrences: [], coming: [], span: span)
    }
    let all = series.all
    let begin = series.firstIndex(from: span.from)
    let end = max(begin, series.firstIndex(after: span.through))
    let firstComing = max(end, series.firstIndex(after: now.millisecondsSinceEpoch))
    let lastComing = max(firstComing, series.firstIndex(after: span.last))
    return Counted(
      occurrences: all[begin..<end],
      coming: all[firstComing..<lastComing],
      span: span
    )
  }

  /// The first later instant at which time alone changes what is counted.
  func nextChange(of counted: Counted) -> Timestamp {
    let coming =
      counted.coming.first.map { Timestamp(millisecondsSinceEpoch: $0.instant) } ?? .never
    guard let slides = counted.span.slides, let first = counted.occurrences.first else {
      return coming
    }
    return min(coming, leaving(first.instant, slides))
  }

  /// Whether so many events, or different values, are counted.
  func evaluate(_ fact: EventFact, _ test: NumberTest) -> Verdict {
    guard let counted = counted(fact) else { return Verdict(false, until: anchorChange(of: fact)) }
    if fact.property != nil { return evaluateDistinct(counted, test) }
    let count = counted.occurrences.count
    let holds = test.holds(count)
    guard let least = test.leastCount, least > 0 else {
      return Verdict(holds, until: nextChange(of: counted))
    }
    if holds { return Verdict(true, until: lossInstant(of: counted, least: least)) }
    if counted.span.slides != nil { return Verdict(false, until: nextChange(of: counted)) }
    let missing = least - count
    guard counted.coming.count >= missing else { return Verdict(false) }
    let instant = counted.coming[counted.coming.startIndex + missing - 1].instant
    return Verdict(false, until: Timestamp(millisecondsSinceEpoch: instant))
  }

  /// When a sliding window that holds enough will hold too few.
  private func lossInstant(of counted: Counted, least: Int) -> Timestamp {
    guard let slides = counted.span.slides else { return .never }
    let place = counted.occurrences.endIndex - least
    return leaving(counted.occurrences[place].instant, slides)
  }

  private func evaluateDistinct(_ counted: Counted, _ test: NumberTest) -> Verdict {
    var values = Set(counted.occurrences.compactMap(\.value))
    if test.holds(values.count) || counted.span.slides != nil || test.leastCount == nil {
      return Verdict(test.holds(values.count), until: distinctChange(of: counted, test))
    }
    for occurrence in counted.coming {
      guard let value = occurrence.value, values.insert(value).inserted else { continue }
      if test.holds(values.count) {
        return Verdict(false, until: Timestamp(millisecondsSinceEpoch: occurrence.instant))
      }
    }
    return Verdict(false)
  }

  private func distinctChange(of counted: Counted, _ test: NumberTest) -> Timestamp {
    let isForGood = test.leastCount != nil && counted.span.slides == nil
    return isForGood ? .never : nextChange(of: counted)
  }

  /// While an anchor does not exist: the instant at which it is known to come.
  private func anchorChange(of fact: EventFact) -> Timestamp {
    switch fact.window {
    case .always, .within: .never
    case .since(let anchor), .withinFirst(_, let anchor): knownInstant(of: anchor) ?? .never
    }
  }

  /// How many members pass a test over their own events.
  func members(_ fact: EventFact, _ test: NumberTest) -> (count: Int, until: Timestamp)? {
    guard let counted = counted(fact) else { return nil }
    let byMember = Dictionary(grouping: counted.occurrences.filter { $0.source >= 0 }, by: \.source)
    let isCountOfNone = test.holds(0)
    let passing = byMember.values.count { test.holds(amount(of: $0, fact)) }
    let present = memory.members.count - memory.expected.count
    let silent = isCountOfNone ? present - byMember.count : 0
    return (passing + silent, nextChange(of: counted))
  }

  private func amount(of occurrences: [Occurrences.Occurrence], _ fact: EventFact) -> Int {
    guard fact.property != nil else { return occurrences.count }
    return Set(occurrences.compactMap(\.value)).count
  }

  /// Whether a `did` or `who_did` of a condition counts an event: under `all` and `any`, not under `not` or `none`.
  func counts(_ event: Trigger, in condition: Condition) -> Bool {
    switch condition {
    case .all(let parts), .any(let parts): parts.contains { counts(event, in: $0) }
    case .audience(_, let part): counts(event, in: part)
    case .did(let fact, _, let isDidNot): !isDidNot && counts(event, fact)
    case .members(_, let fact, _): counts(event, fact)
    default: false
    }
  }

  private func counts(_ event: Trigger, _ fact: EventFact) -> Bool {
    guard event.series.contains(fact.series), let span = countedSpan(of: fact) else { return false }
    let instant = event.instant.millisecondsSinceEpoch
    return span.from <= instant && instant <= span.through
      && (fact.property == nil || event.valued.contains(fact.series))
  }
}
