public import NudgeCore
public import NudgeStore

/// Answers to questions about one subject, from what is stored; the daemon and the offline commands give the same.
public struct SubjectAnswers: Sendable {
  let store: Store
  let engine: Engine
  let now: Timestamp

  /// Answers from a store, as the engine's rules see it at an instant.
  public init(store: Store, engine: Engine, now: Timestamp) {
    self.store = store
    self.engine = engine
    self.now = now
  }

  /// The progress in every model that the subject has started; `nil` for a subject never seen.
  public func progress(of subject: SubjectID) throws -> JSONValue? {
    guard let (subject, world) = try found(subject) else { return nil }
    return .array(engine.progress(of: subject, in: world, now: now).map(\.json))
  }

  /// The same as a product shows it, with how far each milestone is; `nil` for a subject never seen.
  public func checklists(of subject: SubjectID) throws -> JSONValue? {
    guard let world = try store.world(around: subject, for: engine, at: now) else { return nil }
    return .array(engine.progress(of: subject, in: world, now: now).map(\.checklist))
  }

  /// The decisions, oldest first.
  public func decisions(of subject: SubjectID) throws -> JSONValue {
    .array(try store.decisions(of: subject).map(\.json))
  }

  /// Everything about the subject: as a JSON document with a `text` for people.
  public func card(of subject: SubjectID, style: TextStyle) throws -> JSONValue? {
    guard let (subject, world) = try found(subject), let found = world.memories[subject]
    else { return nil }
    let memory = found.identity.flatMap { world.memories[$0] } ?? found
    let cards = engine.progress(of: subject, in: world, now: now)
    let traits = memory.allTraits(at: now)
    return .object([
      .init("subject", .string(memory.subject.description)),
      .init("traits", .object(traits.map { .init($0.name, $0.value) })),
      .init("accounts", .array(memory.accounts.map(JSONValue.string))),
      .init("progress", .array(cards.map(\.json))),
      .init("text", .string(text(of: memory.subject, memory, cards, style))),
    ])
  }

  /// Why the subject got what it got, and did not get the rest; `nil` for a subject never seen.
  public func explanation(
    of subject: SubjectID,
    campaign: String?,
    gitCommit: String?,
    style: TextStyle
  ) throws -> JSONValue? {
    guard let (subject, world) = try found(subject) else { return nil }
    let person = world.memories[subject]?.identity ?? subject
    let explanation = engine.explanation(
      of: subject,
      campaign: campaign,
      in: world,
      decisions: try store.decisions(of: person),
      now: now,
      gitCommit: gitCommit
    )
    return .object([
      .init("explanation", explanation.json),
      .init("text", .string(explanation.text(style: style))),
    ])
  }

  /// The subject with what surrounds it; under a user's id that nobody has, the visitor of that id.
  private func found(_ subject: SubjectID) throws -> (SubjectID, World)? {
    let visitor = subject.kind == .user ? [SubjectID.anonymous(subject.id)] : []
    for candidate in [subject] + visitor {
      guard let world = try store.world(around: candidate, for: engine, at: now) else { continue }
      return (candidate, world)
    }
    return nil
  }

  private func text(
    of subject: SubjectID,
    _ memory: Memory,
    _ cards: [ProgressCard],
    _ style: TextStyle
  ) -> String {
    let accounts =
      memory.accounts.isEmpty ? "" : "  accounts: \(memory.accounts.joined(separator: ", "))\n"
    let traits = memory.allTraits(at: now).map { "  \($0.name): \($0.value.json.text)\n" }.joined()
    let body =
      cards.isEmpty
      ? "  no model has started: no event that `starts` asks for is known\n"
      : cards.map { $0.text(style: style) }.joined(separator: "\n")
    return "\(subject)\n\(accounts)\(traits)\n\(body)"
  }
}

extension Decision {
  /// The decision as `nudged backtest --format jsonl` prints it.
  public var json: JSONValue {
    let shared = intervention.map { [JSONValue.Member("intervention", .string($0))] } ?? []
    return .object(shared.isEmpty ? members : members + shared)
  }

  private var members: [JSONValue.Member] {
    [
      .init("at", .string(at.rfc3339)),
      .init("subject", .string(subject.description)),
      .init("campaign", .string(campaign)),
      .init("step", .string(step)),
      .init("enrolment", .whole(enrolment)),
      .init("occurrence", .whole(occurrence)),
      .init("outcome", .string(outcome.rawValue)),
      .init("reason", .string(reason.code)),
      .init("nominal_at", .string(nominalAt.rfc3339)),
      .init("channel", .optional(channel)),
      .init("to", .optional(to?.description)),
      .init("variant", .optional(variant)),
      .init("id", .string(id)),
    ]
  }
}
