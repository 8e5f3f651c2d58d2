/// What may stand behind a key.
public indirect enum ValueKind: Hashable, Sendable {
  /// Any text.
  case text
  /// The name of an event, as the product sends it.
  case event
  /// The name of a property of events, as the product sends it.
  case property
  /// A name of ours: lower-case letters, digits, `-` and `_`.
  case name
  /// One text, or a list of them.
  case texts
  /// A list of names.
  case names
  /// `true` or `false`.
  case flag
  /// `true` and nothing else.
  case yes
  /// A whole number in these bounds.
  case whole(ClosedRange<Int>)
  case number
  /// A number above zero.
  case positiveNumber
  /// `10%`.
  case percentage
  /// `90m`, `48h`.
  case clockSpan
  /// `48h` or `7 days`.
  case span
  /// `7 days`, `2 weeks`.
  case calendarSpan
  /// `7 days` or `monday`.
  case interval
  /// `09:00`.
  case timeOfDay
  /// A name of the time-zone database.
  case zone
  /// `start`, `entering`, a milestone, a step or a date.
  case anchor
  case choice([String])
  /// `weekdays`, `weekends`, a day or a list of days.
  case days
  case condition
  /// A list of conditions.
  case conditions
  /// Names, each with what its value must be.
  case matches
  /// A number, or comparisons.
  case numberTest
  /// A number, comparisons, or `all`.
  case count
  /// Names, each with a number or comparisons.
  case namedNumberTests
  /// One value, a list of them, or operators.
  case scalars
  /// `account.` and the name of a trait.
  case accountTrait
  /// `actor`, `subject`, or `account.` and the name of a trait.
  case recipient
  /// `never`, `always` or a map.
  case reEntry
  /// Two names.
  case ratio
  /// Two numbers, the lower first.
  case bounds
  /// A clock span or a number, whichever the fact is measured in.
  case quantity
  /// A map of this kind.
  case map(MapKind)
  /// A list of maps of this kind.
  case list(MapKind)
  /// Names, each with a map of this kind.
  case named(MapKind)
  /// A list of values of this kind.
  case listOf(ValueKind)
  /// A map that is handed on as it is.
  case anything
  /// `credential:NAME` or `file:PATH`.
  case secret
  /// `64MB`, `8MiB`.
  case byteSize
  /// `50/s`.
  case rate
  /// `off` or a map.
  case breaker

  /// What to write, as the end of a sentence that begins with "write".
  public var advice: String {
    switch self {
    case .text: "a text"
    case .event: "the name of an event, like Signed Up"
    case .property: "the name of a property of the event"
    case .name: "a name of lower-case letters, digits, `-` and `_`"
    case .texts: "a text or a list of texts"
    case .names: "a list of names"
    case .flag: "true or false"
    case .yes: "true"
    case .whole(let bounds):
      bounds.count == 1 ? "\(bounds.lowerBound)" : "a whole number, \(bounds.adviceText)"
    case .number: "a number"
    case .positiveNumber: "a number above 0"
    case .percentage: "a percentage like 10%"
    case .clockSpan: "hours, minutes and seconds, like 90m or 48h"
    case .span: "clock time like 48h, or local calendar days like 7 days"
    case .calendarSpan: "local calendar days, like 7 days or 2 weeks"
    case .interval: "`1 day`, `7 days`, `2 weeks` or a weekday"
    case .timeOfDay: "a local time in quotes, like \"09:00\""
    case .zone: "a time zone, like America/New_York"
    case .anchor: "start, entering, a milestone, a step or a date"
    case .choice(let words): words.joined(separator: " or ")
    case .days: "weekdays, weekends, a day, or a list of days"
    case .condition: "a condition, like `{did: Signed Up}`"
    case .conditions: "a list of conditions"
    case .matches: "a map of names, each with a value, a list or operators"
    case .numberTest: "a number, or comparisons like `{at_least: 2}`"
    case .count: "a number, comparisons like `{at_least: 2}`, or all"
    case .namedNumberTests: "a map of names, each with a number or comparisons"
    case .scalars: "a value, or a list of values"
    case .accountTrait: "`account.` and the name of a trait, like account.csm"
    case .recipient: "actor, subject, or `account.` and a trait, like account.owner"
    case .reEntry: "never, always, or `{after: 30 days}`"
    case .ratio: "two names in a list, like `[seats_used, seats_allowed]`"
    case .bounds: "two numbers in a list, the lower first"
    case .quantity: "a number, or clock time like 24h for a fact that is a time"
    case .map(let kind): "a map with the keys of \(kind.title)"
    case .list(let kind): "a list of maps, one for each \(kind.noun)"
    case .named(let kind): "a map of names, one for each \(kind.noun)"
    case .listOf(let kind): "a list; each element is \(kind.advice)"
    case .anything: "a map"
    case .secret: "`credential:NAME` or `file:PATH`"
    case .byteSize: "a size like 64MB or 8MiB"
    case .rate: "a rate like 50/s"
    case .breaker: "off, or `{failures: 5, open_for: 30s}`"
    }
  }
}

extension ClosedRange<Int> {
  var adviceText: String {
    upperBound == .max ? "\(lowerBound) or more" : "\(lowerBound) to \(upperBound)"
  }
}
