public import NudgeCore
import NudgeStore

extension PastAnswers {
  /// The scores of a subject as sums, each component with what moved it last; `nil` for a subject without scores.
  public func scores(
    of subject: SubjectID,
    named name: String?,
    at instant: String?,
    style: TextStyle
  ) throws -> JSONValue? {
    let instant = try self.instant(instant)
    let watch = ScoreWatch(subject: subject)
    guard let past = try rebuilt(subject, through: instant, observer: watch.observe) else {
      return nil
    }
    let names = past.engine.rules.set.models.flatMap { $0.scores.map(\.name) }
    if let name, !names.contains(name) {
      let known =
        names.isEmpty ? "; the rules name none" : "; there are: \(names.joined(separator: " · "))"
      throw Failure.unknown("no score is called \(name)" + (Self.suggestion(name, names) ?? known))
    }
    guard let world = try past.store.world(around: subject, for: past.engine, at: instant) else {
      return nil
    }
    let cards = past.engine.progress(of: subject, in: world, now: instant)
    let reports = cards.flatMap { card in
      card.scores.filter { $0.name == name ?? $0.name }
        .map { ScoreReport(card: card, score: $0, at: instant, watch: watch) }
    }
    return .object([
      .init("scores", .array(reports.map(\.json))),
      .init("text", .string(text(of: reports, subject, style))),
    ])
  }

  private func text(of reports: [ScoreReport], _ subject: SubjectID, _ style: TextStyle) -> String {
    if reports.isEmpty {
      return
        "\(subject) has no score: no model with scores has started; `nudged explain \(subject.id)` tells where it stands\n"
    }
    return reports.map { $0.text(style) }.joined(separator: "\n")
  }
}

/// Sees which stimulus moved each component of each score last.
///
/// A class, since it is told while the replay runs; used on one thread.
final class ScoreWatch {
  /// A component of a score of a model.
  struct Key: Hashable {
    let model: String
    let score: String
    let component: String
  }

  /// What moved a component, and when.
  struct Move {
    let cause: Replay.Cause
    let at: Timestamp
  }

  private let subject: SubjectID
  private var points: [Key: ProgressCard.Component] = [:]
  private(set) var moves: [Key: Move] = [:]
  private var lastLook = Timestamp.distantPast

  init(subject: SubjectID) {
    self.subject = subject
  }

  func observe(
    _ transaction: ReplayTransaction,
    _ engine: Engine,
    _ cause: Replay.Cause,
    _ now: Timestamp
  ) throws {
    let world = try transaction.world(around: subject, for: engine, at: now)
    let before = points
    let after = look(engine, world, now)
    defer { (points, lastLook) = (after, now) }
    for (key, component) in after where before[key] != component {
      let at = cause == .time ? firstChange(of: key, engine, world, through: now) : now
      moves[key] = Move(cause: cause, at: at)
    }
  }

  private func look(
    _ engine: Engine,
    _ world: World,
    _ now: Timestamp
  ) -> [Key: ProgressCard.Component] {
    var found: [Key: ProgressCard.Component] = [:]
    for card in engine.progress(of: subject, in: world, now: now) {
      for score in card.scores {
        for component in score.components {
          let key = Key(model: card.model, score: score.name, component: component.name)
          found[key] = component
        }
      }
    }
    return found
  }

  /// The instant since the last look at which time moved a component to where it is, to the minute.
  private func firstChange(
    of key: Key,
    _ engine: Engine,
    _ world: World,
    through now: Timestamp
  ) -> Timestamp {
    let after = look(engine, world, now)[key]
    guard lastLook != .distantPast else { return now }
    var (low, high) = (lastLook, now)
    while high.milliseconds(since: low) > 60_000 {
      let middle = low.adding(milliseconds: high.milliseconds(since: low) / 2)
      if look(engine, world, middle)[key] == after { high = middle } else { low = middle }
    }
    return high
  }
}

/// One score of one subject, as a sum.
struct ScoreReport {
  let card: ProgressCard
  let score: ProgressCard.Score
  let at: Timestamp
  let watch: ScoreWatch

  private func move(_ component: ProgressCard.Component) -> ScoreWatch.Move? {
    watch.moves[
      ScoreWatch.Key(model: card.model, score: score.name, component: component.name)
    ]
  }

  var json: JSONValue {
    .object([
      .init("subject", .string(card.subject.description)),
      .init("model", .string(card.model)),
      .init("name", .string(score.name)),
      .init("at", .string(at.rfc3339)),
      .init("points", .whole(score.points)),
      .init("band", .optional(score.band)),
      .init("components", .array(score.components.map(json))),
    ])
  }

  private func json(_ component: ProgressCard.Component) -> JSONValue {
    let move = move(component)
    return .object([
      .init("name", .string(component.name)),
      .init("points", .number(component.points)),
      .init("max", .number(component.max)),
      .init("source", .string(component.source)),
      .init("moved_at", .optional(move?.at.rfc3339)),
      .init("moved_by", move?.cause.json ?? .null),
    ])
  }

  func text(_ style: TextStyle) -> String {
    let zone = style.zone ?? card.zone
    let band = score.band.map { ", band \($0)" } ?? ""
    let head =
      "\(card.subject) \(score.name) (\(card.model)): \(score.points) points\(band), as of \(at.text(in: zone))"
    let rows = score.components.map { component in
      [
        "  \(component.name)", "\(component.points)", "of \(component.max)", component.source,
        move(component).map { "\($0.cause.words) \($0.at.text(in: zone))" } ?? "",
      ]
    }
    let sum = score.components.map { "\($0.points)" }.joined(separator: " + ")
    return ([head] + TextStyle.columns(rows) + ["  = \(sum), rounded to \(score.points)"])
      .joined(separator: "\n") + "\n"
  }
}

extension Replay.Cause {
  /// What moved something, for machines.
  var json: JSONValue {
    switch self {
    case .event(let logged):
      .object([
        .init("kind", .string("event")),
        .init("name", .string(logged.event.title)),
        .init("message_id", .string(logged.event.messageID)),
        .init("sequence", .whole(Int(logged.sequence))),
      ])
    case .time: .object([.init("kind", .string("time"))])
    case .ruleSet(let stored):
      .object([.init("kind", .string("rule_set")), .init("hash", .string(stored.hash))])
    }
  }

  /// What moved something, for people.
  var words: String {
    switch self {
    case .event(let logged): "by \(logged.event.title) (\(logged.event.messageID)),"
    case .time: "as time passed,"
    case .ruleSet(let stored): "by rule set \(stored.hash.prefix(12)),"
    }
  }
}

extension Event {
  /// Its name, else what kind of call it is.
  var title: String { name.isEmpty ? kind.rawValue : name }
}
