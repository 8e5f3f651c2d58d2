extension Series {
  /// Names the series by its definition: the first 8 bytes of the SHA-256 of its canonical text.
  var key: UInt64 { stableHash(of: canonicalText) }

  private var canonicalText: String {
    ([event, property.map { "keeps \($0)" } ?? ""] + filter.map(\.canonicalText).sorted())
      .joined(separator: "\u{0}")
  }
}

extension Step {
  /// Names what decides when the step is due; a plan with another name is looked at again.
  ///
  /// Anchors go by name, so that what is added elsewhere changes nothing here. What is local goes with the version of the
  /// time-zone data: other data may put it elsewhere.
  func timingKey(in campaign: Campaign, of model: Model, zones: String) -> UInt64 {
    let days = days.map { $0.map(\.rawValue).sorted().map(String.init).joined() } ?? "all"
    return stableHash(
      of: [
        timing.canonicalText(campaign, model), days, outsideDays.rawValue,
        notBefore?.description ?? "",
        expires?.description ?? "", groupBy == nil ? "" : "grouped",
        timing.isLocal ? zones : "",
      ].joined(separator: "\u{0}")
    )
  }
}

extension Step.Timing {
  /// Whether it names a time of a local day.
  fileprivate var isLocal: Bool {
    switch self {
    case .onDay, .every: true
    case .immediately, .asSoonAs, .after: false
    }
  }

  /// The timing in words; an `as_soon_as` is the same whatever its condition, since an open plan stays.
  fileprivate func canonicalText(_ campaign: Campaign, _ model: Model) -> String {
    func name(_ anchor: Anchor) -> String { anchor.canonicalText(campaign, model) }
    return switch self {
    case .immediately: "immediately"
    case .asSoonAs: "as soon as"
    case .after(let milliseconds, let anchor): "after \(milliseconds) \(name(anchor))"
    case .onDay(let day, let time, let anchor): "day \(day) \(time) \(name(anchor))"
    case .every(.days(let days), let time, let anchor):
      "every \(days) \(time) \(name(anchor))"
    case .every(.weekday(let day), let time, let anchor):
      "every \(day.name) \(time) \(name(anchor))"
    }
  }
}

extension Anchor {
  fileprivate func canonicalText(_ campaign: Campaign, _ model: Model) -> String {
    switch self {
    case .start: "start of \(model.name)"
    case .entering: "entering"
    case .milestone(let place): "milestone \(model.milestones[place].name) of \(model.name)"
    case .step(let place): "step \(campaign.steps[place].name)"
    case .date(let date): date.description
    }
  }
}

extension NamedTest {
  fileprivate var canonicalText: String {
    "\(name): " + matches.map(\.canonicalText).joined(separator: ", ")
  }
}

extension Match {
  fileprivate var canonicalText: String {
    switch self {
    case .anyOf(let scalars): "any of \(scalars.map(\.canonicalText))"
    case .noneOf(let scalars): "none of \(scalars.map(\.canonicalText))"
    case .exists(let exists): "exists \(exists)"
    case .contains(let scalar): "contains \(scalar.canonicalText)"
    case .startsWith(let text): "starts with \(text)"
    case .endsWith(let text): "ends with \(text)"
    case .number(let comparison): comparison.canonicalText
    case .before(let moment): "before \(moment.canonicalText)"
    case .after(let moment): "after \(moment.canonicalText)"
    case .withinLast(let span): "within last \(span)"
    case .olderThan(let span): "older than \(span)"
    }
  }
}

extension Scalar {
  fileprivate var canonicalText: String {
    switch self {
    case .bool(let bool): "\(bool)"
    case .number(let number): number.description
    case .text(let text): "\"\(text)\""
    }
  }
}

extension NumberTest.Comparison {
  fileprivate var canonicalText: String {
    switch self {
    case .exactly(let number): "= \(number)"
    case .atLeast(let number): ">= \(number)"
    case .atMost(let number): "<= \(number)"
    case .above(let number): "> \(number)"
    case .below(let number): "< \(number)"
    case .between(let low, let high): "\(low) ... \(high)"
    }
  }
}

extension Moment {
  fileprivate var canonicalText: String {
    switch self {
    case .instant(let instant): "\(instant.millisecondsSinceEpoch)"
    case .date(let date): date.description
    }
  }
}

/// The first 8 bytes of the SHA-256 of a text, big-endian.
func stableHash(of text: String) -> UInt64 {
  Digest.sha256(text.utf8).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
}
