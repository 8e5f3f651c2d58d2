/// A question about a subject, answered with yes or no at an instant.
///
/// Names are resolved: milestones, metrics, scores and steps are places in the definition that the
/// condition belongs to, and event facts are places in `RuleSet.series`.
public indirect enum Condition: Hashable, Sendable {
  /// Every one of these holds.
  case all([Condition])
  /// At least one of these holds.
  case any([Condition])
  /// Not one of these holds.
  case none([Condition])
  /// This does not hold.
  case not(Condition)
  /// So many events, or different values of a property, inside a window. `isDidNot` tells how it was written.
  case did(EventFact, NumberTest, isDidNot: Bool)
  /// Every one of these traits of the subject matches.
  case trait([NamedTest])
  /// Every one of these traits of the subject's account matches.
  case accountTrait([NamedTest])
  /// The subject carries any one of these tags.
  case tagged([String])
  /// Any one of these milestones is reached.
  case reached([Int])
  /// Any one of these milestones is not reached.
  case missing([Int])
  /// So many milestones are reached.
  case milestonesReached(NumberTest)
  /// So many categories are reached.
  case categoriesReached(NumberTest)
  /// Whether the model counts the subject as activated.
  case activated(Bool)
  /// The number of local dates since the start's.
  case day(NumberTest)
  /// The pace is any one of these.
  case pace([String])
  /// The health is any one of these.
  case health([String])
  /// The segment is any one of these.
  case segment([String])
  /// The rounded total of each of these scores passes.
  case score([IndexedTest])
  /// The value of each of these metrics passes.
  case metric([IndexedTest])
  /// The audience of this name, with its condition read in the model at hand.
  case audience(String, Condition)
  /// The subject is inside any one of these campaigns.
  case inCampaign([String])
  /// So many different members of the account did this.
  case members(NumberTest, EventFact, NumberTest)
}

/// Events of one name that pass a filter, inside a window.
public struct EventFact: Hashable, Sendable {
  /// The place of its series in `RuleSet.series`.
  public let series: Int
  /// The window that counts.
  public let window: Window
  /// Whether events before the model's start are left out, as in all that a model defines.
  public let isFromStart: Bool
  /// The property whose different values are counted (or summed); `nil` counts events.
  public let property: String?

  /// Events of a series inside a window.
  public init(series: Int, window: Window, isFromStart: Bool, property: String?) {
    self.series = series
    self.window = window
    self.isFromStart = isFromStart
    self.property = property
  }
}

/// Which events of a subject belong to a fact: their name, a filter, and the property whose values are kept.
public struct Series: Hashable, Sendable {
  /// The event's name.
  public let event: String
  /// What its properties must match; all of them.
  public let filter: [NamedTest]
  /// The property whose values are kept with the instants; `nil` keeps instants alone.
  public let property: String?

  /// The events of this name that pass this filter.
  public init(event: String, filter: [NamedTest], property: String?) {
    self.event = event
    self.filter = filter
    self.property = property
  }
}

/// Which part of the past counts.
public enum Window: Hashable, Sendable {
  /// All of it.
  case always
  /// Looking back from now.
  case within(Span)
  /// Looking forward from an anchor.
  case withinFirst(Span, Anchor)
  /// From an anchor to now, both included.
  case since(Anchor)
}

/// An instant that a window or a step counts from.
public enum Anchor: Hashable, Sendable {
  /// The start of the subject in the model.
  case start
  /// The instant at which this enrolment began.
  case entering
  /// The instant of a milestone, by its place in the model.
  case milestone(Int)
  /// The first sending of a step, by its place in the campaign.
  case step(Int)
  /// The beginning of a local date.
  case date(LocalDate)
}

/// A test of a number; all of its comparisons must hold.
public struct NumberTest: Hashable, Sendable {
  /// One comparison.
  public enum Comparison: Hashable, Sendable {
    case exactly(Number)
    case atLeast(Number)
    case atMost(Number)
    case above(Number)
    case below(Number)
    /// Both ends included.
    case between(Number, Number)
  }

  /// The comparisons, at least one.
  public let comparisons: [Comparison]

  /// A test that all of these comparisons pass.
  public init(_ comparisons: [Comparison]) {
    self.comparisons = comparisons
  }

  /// A test for at least this many.
  public static func atLeast(_ count: Int) -> NumberTest {
    NumberTest([.atLeast(Number(count))])
  }
}

/// A trait or property and what its value must be; all of the matches must hold.
public struct NamedTest: Hashable, Sendable {
  /// The trait's or property's name.
  public let name: String
  /// What its value must be, at least one.
  public let matches: [Match]

  /// A test of the value under this name.
  public init(name: String, matches: [Match]) {
    self.name = name
    self.matches = matches
  }
}

/// One test of one value.
public enum Match: Hashable, Sendable {
  /// Equals any one of these: a plain value, a list, `is`, or `any_of`.
  case anyOf([Scalar])
  /// Is there and equals none of these: `not`, `none_of`.
  case noneOf([Scalar])
  /// Is there, or is not.
  case exists(Bool)
  /// Text that has this inside; a list that has this element.
  case contains(Scalar)
  /// Text that begins so.
  case startsWith(String)
  /// Text that ends so.
  case endsWith(String)
  /// A number that compares so.
  case number(NumberTest.Comparison)
  /// A time before this one.
  case before(Moment)
  /// A time after this one.
  case after(Moment)
  /// A time no longer ago than this.
  case withinLast(Span)
  /// A time longer ago than this.
  case olderThan(Span)
}

/// A time as a rule file writes it.
public enum Moment: Hashable, Sendable {
  /// An exact instant, in RFC 3339.
  case instant(Timestamp)
  /// The beginning of a local date.
  case date(LocalDate)
}

/// A metric or score, by its place in the model, and what its value must be.
public struct IndexedTest: Hashable, Sendable {
  /// The place among the model's metrics or scores.
  public let index: Int
  /// What its value must be.
  public let test: NumberTest

  /// A test of the value at this place.
  public init(index: Int, test: NumberTest) {
    self.index = index
    self.test = test
  }
}
