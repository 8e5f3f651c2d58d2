/// How much of the events of one series a memory keeps: what some comparison can still need, and no more.
///
/// Nobody is asked about the events between the first few since the start and the last few days, so a subject's
/// memory does not grow with every event of a busy one.
struct Keeping: Hashable, Sendable {
  /// The first events from an anchor on, or those up to so many different values.
  struct First: Hashable, Sendable {
    /// The place of the model whose start is the anchor, with all events before it, since a late event can move a start
    /// back; `nil`: from the beginning.
    let model: Int?
    let count: Int
    let isOfDifferentValues: Bool
  }

  /// Whether something needs every event.
  private(set) var isOfAll = false
  private(set) var firsts: Set<First> = []
  /// How far back the longest window that looks back from now reaches, in milliseconds.
  private(set) var reachMilliseconds: Int64 = 0
  /// Whether events that name no account are all kept, for accounts that are joined later (ruling 18).
  var isOfAllLoose = false

  /// Notes that something needs every event.
  mutating func needAll() { isOfAll = true }

  mutating func need(_ first: First) { firsts.insert(first) }

  mutating func need(within span: Span) {
    reachMilliseconds = max(reachMilliseconds, span.reachMilliseconds)
  }
}

extension Occurrences {
  /// Drops what no comparison can need any more; the last event stays, since people ask when it was.
  mutating func trim(
    to keeping: Keeping,
    now: Timestamp,
    startOf start: (_ model: Int) -> Timestamp?
  ) {
    guard !keeping.isOfAll, all.count > Limits.occurrencesAlwaysKept else { return }
    var begin = 0
    for first in keeping.firsts {
      var anchor = 0
      if let model = first.model {
        guard let started = start(model) else { return }
        anchor = firstIndex(from: started.millisecondsSinceEpoch)
      }
      begin = max(begin, end(of: first, from: anchor))
    }
    let reach = now.millisecondsSinceEpoch - keeping.reachMilliseconds
    let last = firstIndex(after: now.millisecondsSinceEpoch) - 1
    drop(begin..<max(begin, min(last, firstIndex(from: reach))), isOfAllLoose: keeping.isOfAllLoose)
  }

  /// The place behind the first events that are needed.
  private func end(of first: Keeping.First, from anchor: Int) -> Int {
    guard first.isOfDifferentValues else { return min(anchor + first.count, all.count) }
    var values: Set<Scalar> = []
    for place in anchor..<all.count {
      if let value = all[place].value { values.insert(value) }
      if values.count == first.count { return place + 1 }
    }
    return all.count
  }
}

/// What everybody's memories keep of each series, by its place.
struct KeepingTable: Sendable {
  let ofPersons: [Keeping]
  let ofAccounts: [Keeping]

  init(_ rules: RuleSet) {
    var persons = KeepingReader(rules, of: .user)
    var accounts = KeepingReader(rules, of: .account)
    for mute in rules.mutes {
      if let condition = mute.when { persons.read(condition, model: nil, isAsOfPast: false) }
      if let condition = mute.whenAccount {
        accounts.read(condition, model: nil, isAsOfPast: false)
      }
    }
    ofPersons = persons.keeping
    ofAccounts = accounts.keeping
  }
}

/// Reads from the rules what is asked of one kind of subject.
private struct KeepingReader {
  private(set) var keeping: [Keeping]
  private let rules: RuleSet

  init(_ rules: RuleSet, of kind: SubjectKind) {
    self.rules = rules
    keeping = Array(repeating: Keeping(), count: rules.series.count)
    read(rules.policy.unsubscribedWhen, model: nil, isAsOfPast: false)
    for (place, model) in rules.models.enumerated() where model.subject == kind {
      read(model, at: place)
      for campaign in rules.campaigns where campaign.model == place {
        for condition in campaign.conditions {
          read(condition, model: place, isAsOfPast: false)
        }
      }
    }
  }

  /// Milestones are asked as of every instant of the past, ladders and metrics as of now unless milestones read them.
  private mutating func read(_ model: Model, at place: Int) {
    let milestones = model.milestones.map(\.reachedWhen) + [model.activatedWhen].compactMap(\.self)
    let isAsOfPast = ([model.starts] + milestones).contains(where: \.readsDerivedFacts)
    read(model.starts, model: nil, isAsOfPast: true)
    for condition in milestones { read(condition, model: place, isAsOfPast: true) }
    for condition in (model.segments + model.health).compactMap(\.when) {
      read(condition, model: place, isAsOfPast: isAsOfPast)
    }
    for metric in model.metrics { read(metric.measure, isAsOfPast: isAsOfPast) }
  }

  mutating func read(_ condition: Condition, model: Int?, isAsOfPast: Bool) {
    switch condition {
    case .did(let fact, let test, _): read(fact, test, model: model, isAsOfPast: isAsOfPast)
    case .members(_, let fact, _): read(sliding: fact, isAsOfPast: isAsOfPast)
    default:
      for part in condition.parts { read(part, model: model, isAsOfPast: isAsOfPast) }
    }
  }

  private mutating func read(
    _ fact: EventFact,
    _ test: NumberTest,
    model: Int?,
    isAsOfPast: Bool
  ) {
    switch fact.window {
    case .within: read(sliding: fact, isAsOfPast: isAsOfPast)
    case .always: readFirst(fact, test, from: fact.isFromStart ? .some(model) : .some(nil))
    case .since(.start), .withinFirst(_, .start): readFirst(fact, test, from: model.map(Int?.some))
    case .since, .withinFirst: keeping[fact.series].needAll()
    }
  }

  /// Notes that the first events from the start of a model are needed, or from the beginning; `from` is `nil` when it
  /// is not known from where.
  private mutating func readFirst(_ fact: EventFact, _ test: NumberTest, from model: Int??) {
    guard let model, let count = test.saturation,
      model.map({ rules.models[$0].starts.isMonotone }) ?? !fact.isFromStart
    else { return keeping[fact.series].needAll() }
    keeping[fact.series].need(
      Keeping.First(model: model, count: count, isOfDifferentValues: fact.property != nil)
    )
  }

  private mutating func read(sliding fact: EventFact, isAsOfPast: Bool) {
    guard !isAsOfPast, case .within(let span) = fact.window else {
      return keeping[fact.series].needAll()
    }
    keeping[fact.series].need(within: span)
  }

  private mutating func read(_ measure: Metric.Measure, isAsOfPast: Bool) {
    switch measure {
    case .daysSince(let fact) where fact.window == .always && !isAsOfPast: return
    case .count(let fact), .daysWith(let fact), .weeksWith(let fact, _), .distinct(let fact),
      .sum(let fact), .daysSince(let fact), .members(let fact, _):
      read(sliding: fact, isAsOfPast: isAsOfPast)
    case .ratio: return
    }
  }
}

extension NumberTest {
  /// The count from which on more makes no difference; `nil` when it is too large to be worth counting to.
  fileprivate var saturation: Int? {
    let most =
      comparisons.map { comparison -> Number in
        switch comparison {
        case .exactly(let number), .atLeast(let number), .atMost(let number), .above(let number),
          .below(let number), .between(_, let number):
          number
        }
      }
      .map { Rational($0).roundedHalfUp }.max() ?? 0
    return most < Limits.occurrencesCountedUpTo ? max(most, 0) + 2 : nil
  }
}
