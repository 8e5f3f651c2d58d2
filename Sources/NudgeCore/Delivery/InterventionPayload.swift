/// The one JSON object that an intervention hands to the outside (`delivery.md`, "The payload").
struct InterventionPayload {
  let id: String
  /// What gathers it with others; `nil`: it goes alone.
  let group: Group?
  let channel: String
  let campaign: Campaign
  let step: Step
  let plan: Plan
  let variant: Step.Variant?
  let recipient: SubjectID
  let recipientMemory: Memory?
  let view: Lens

  /// One intervention for all subjects with the same value of a trait.
  struct Group: Hashable, Sendable {
    /// The shared intervention's id.
    let id: String
    /// The trait of the account.
    let trait: String
    /// Its value.
    let value: String
  }

  /// The payload's bytes; `nil` when the template fails or they are too many.
  func rendered(by messages: any MessageRenderer) -> [UInt8]? {
    let values = data(message: nil)
    var message: Message?
    if let template {
      do { message = try messages.message(template: template, values: values) } catch {
        return nil
      }
    }
    let bytes = InterventionPayload.envelope(channel, at: view.now, data(message: message))
    return bytes.count <= Limits.payloadBytes ? bytes : nil
  }

  /// The payload around its `data`.
  static func envelope(_ channel: String, at instant: Timestamp, _ data: JSONValue) -> [UInt8] {
    JSONValue.object([
      .init("type", .string("intervention.\(channel)")),
      .init("timestamp", .string(instant.rfc3339)),
      .init("schema", .string("nudged.intervention/1")),
      .init("data", data),
    ]).json.bytes
  }

  private var template: String? { variant?.template ?? step.template }

  private func data(message: Message?) -> JSONValue {
    if let group { return data(of: group, message) }
    return .object([
      .init("id", .string(id)),
      .init("campaign", .string(campaign.name)),
      .init("step", .string(step.name)),
      .init("occurrence", .whole(plan.occurrence)),
      .init("variant", .optional(variant?.name)),
      .init("channel", .string(channel)),
      .init("subject", .object(identity(of: view.memory.subject))),
      .init("to", to),
      .init("account", account),
      .init("assignee", .optional(assignee)),
      .init("template", .optional(template)),
      .init("message", message.map(InterventionPayload.value) ?? .null),
      .init("data", step.data.value ?? .object([])),
      .init("progress", progress),
      .init("nominal_at", .string(plan.nominalAt.rfc3339)),
      .init("decided_at", .string(view.now.rfc3339)),
      .init("late_by", .string(lateBy)),
      .init("expires_at", plan.expiresAt == .never ? .null : .string(plan.expiresAt.rfc3339)),
      .init("rule_set", .string(view.rules.set.hash)),
      .init("sequence", .whole(view.memory.sequence)),
    ])
  }

  /// What a gathered intervention says, with this subject as its only item.
  private func data(of group: Group, _ message: Message?) -> JSONValue {
    .object([
      .init("id", .string(group.id)),
      .init("campaign", .string(campaign.name)),
      .init("step", .string(step.name)),
      .init("variant", .optional(variant?.name)),
      .init("channel", .string(channel)),
      .init(
        "group",
        .object([.init("trait", .string(group.trait)), .init("value", .string(group.value))])
      ),
      .init("to", step.recipient == .subject ? .null : to),
      .init("assignee", .string(assignee ?? group.value)),
      .init("template", .optional(template)),
      .init("message", message.map(InterventionPayload.value) ?? .null),
      .init("data", step.data.value ?? .object([])),
      .init("items", .array([item])),
      .init("nominal_at", .string(plan.nominalAt.rfc3339)),
      .init("decided_at", .string(view.now.rfc3339)),
      .init("late_by", .string(lateBy)),
      .init("expires_at", plan.expiresAt == .never ? .null : .string(plan.expiresAt.rfc3339)),
      .init("rule_set", .string(view.rules.set.hash)),
    ])
  }

  /// One subject of a gathered intervention.
  private var item: JSONValue {
    .object([
      .init("decision", .string(id)),
      .init("subject", .object(identity(of: view.memory.subject))),
      .init("traits", traits(of: view.memory)),
      .init("account", view.memory.subject.kind == .account ? .null : account),
      .init("occurrence", .whole(plan.occurrence)),
      .init("progress", progress),
      .init("sequence", .whole(view.memory.sequence)),
    ])
  }

  static func value(of message: Message) -> JSONValue {
    .object([.init("subject", .string(message.subject)), .init("body", .string(message.body))])
  }

  private func identity(of subject: SubjectID) -> [JSONValue.Member] {
    [.init("type", .string(subject.kind.rawValue)), .init("id", .string(subject.id))]
  }

  private var to: JSONValue {
    .object(identity(of: recipient) + [.init("traits", traits(of: recipientMemory))])
  }

  private func traits(of memory: Memory?) -> JSONValue {
    .object((memory?.allTraits(at: view.now) ?? []).map { JSONValue.Member($0.name, $0.value) })
  }

  private var account: JSONValue {
    let home = view.memory.subject.kind == .account ? view.memory : view.account
    guard let home else { return .null }
    return .object([.init("id", .string(home.subject.id)), .init("traits", traits(of: home))])
  }

  private var assignee: String? {
    guard let name = step.assignTo else { return nil }
    let home = view.memory.subject.kind == .account ? view.memory : view.account
    return home?.trait(name, at: view.now)?.text
  }

  private var progress: JSONValue {
    let model = view.rules.set.models[campaign.model]
    let milestones = zip(model.milestones, view.progress?.milestones ?? []).map {
      JSONValue.Member($0.name, .optional($1?.rfc3339))
    }
    let scores = model.scores.indices.map {
      JSONValue.Member(model.scores[$0].name, .whole(view.score($0).total))
    }
    return .object([
      .init("model", .string(model.name)),
      .init("day", view.day.map(JSONValue.whole) ?? .null),
      .init("milestones", .object(milestones)),
      .init("scores", .object(scores)),
    ])
  }

  /// How long after its planned instant it was decided, as an ISO 8601 duration in seconds.
  private var lateBy: String {
    let milliseconds = max(0, view.now.milliseconds(since: plan.plannedAt))
    let rest = milliseconds % 1000
    return rest == 0 ? "PT\(milliseconds / 1000)S" : "PT\(milliseconds / 1000).\(rest.padded3)S"
  }
}

extension Int64 {
  fileprivate var padded3: String { Int(self).padded(to: 3) }
}
