/// What would make the answer to a condition the other one.
///
/// Doing exactly what it says, before the instant that it names, changes the answer: a law of the tests.
struct Advice: Hashable, Sendable {
  /// What has to happen.
  enum Change: Hashable, Sendable {
    /// So many more events of a series, each with a new value where values count; `never`: at any time.
    case more(Int, of: EventFact, before: Timestamp)
    /// No event of a series until this instant.
    case none(of: EventFact, until: Timestamp)
    /// Time alone does it, at this instant.
    case time(Timestamp)
    /// A trait gets a value that passes, or, with `false`, one that does not.
    case trait(NamedTest, passes: Bool)
    /// What the text alone tells.
    case told
    /// Nothing does.
    case nothing
  }

  let change: Change
  /// What has to happen, for people.
  let text: Phrase
  /// Whether the words of the rule beside it say as much already.
  var isInRule = false
}

extension Advice {
  /// The answer stands, whatever comes.
  static func nothing(_ text: Phrase) -> Advice { Advice(change: .nothing, text: text) }

  /// What only words tell.
  static func told(_ text: Phrase) -> Advice { Advice(change: .told, text: text) }

  /// Time does it, from the beginning of a local day.
  static func day(_ instant: Timestamp) -> Advice {
    Advice(change: .time(instant), text: "from \(day: instant) on")
  }
}
