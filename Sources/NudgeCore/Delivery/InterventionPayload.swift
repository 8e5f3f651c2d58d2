/// The one JSON object that an intervention hands to the outside (`delivery.md`, "The payload").
struct InterventionPayload {
  let id: String
  let channel: String
  let campaign: Campaign
  let step: Step
  let plan: Plan
  let variant: Step.Variant?
  let recipient: SubjectID
  let recipientMemory: Memory?
  let view: Lens

  /// The payload's bytes; `nil` when the template fails or they are too many.
  func rendered(by messages: any MessageRenderer) -> [UInt8]? {
    var message: Message?
    if let template, messages.hasTemplates {
      do {
        message = try messages.message(template: template, values: data(message: nil))
      } catch { return nil }
    }
    let whole = JSONValue.object([
      .init("type", .string("intervention.\(channel)")),
      .init("timestamp", .string(view.now.rfc3339)),
      .init("schema", .string("nudged.intervention/1")),
      .init("data", data(message: message)),
    ])
    let bytes = whole.json.bytes
    return bytes.count <= Limits.payloadBytes ? bytes : nil
  }

  private var template: String? { variant?.template ?? step.template }

  private func data(message: Message?) -> JSONValue {
    .object([
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

  private static func value(of message: Message) -> JSONValue {
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
