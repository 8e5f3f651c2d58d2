import NudgeCore
import NudgeStore

/// One decision with all that led to it and came of it.
struct DecisionTrace {
  let record: DecisionRecord
  let rule: RuleExcerpt?
  let cause: History.LoggedEvent?
  let inputs: DecisionInputs?

  private var decision: Decision { record.decision }
}

// MARK: - For machines

extension DecisionTrace {
  var json: JSONValue {
    .object([
      .init("decision", decision.json),
      .init("held_by", .optional(decision.cause)),
      .init("caused_by", causeJSON),
      .init("enrolment", enrolmentJSON),
      .init("rule_set", ruleSetJSON),
      .init("rule", ruleJSON),
      .init("progress", .array(inputs?.cards.map(\.json) ?? [])),
      .init("inputs", inputs?.explanation.json ?? .null),
      .init("delivery", deliveryJSON),
    ])
  }

  private var causeJSON: JSONValue {
    guard let cause else { return .object([.init("kind", .string("time"))]) }
    return .object([
      .init("kind", .string("event")),
      .init("sequence", .whole(Int(cause.sequence))),
      .init("arrived_at", .string(cause.arrivedAt.rfc3339)),
      .init("name", .string(cause.event.title)),
      .init("message_id", .string(cause.event.messageID)),
      .init("subject", .optional(cause.event.subject?.description)),
      .init("timestamp", .string(cause.event.timestamp.rfc3339)),
      .init("properties", cause.event.properties.value ?? .null),
    ])
  }

  private var enrolmentJSON: JSONValue {
    guard let enrolment = record.enrolment else { return .null }
    return .object([
      .init("number", .whole(enrolment.number)),
      .init("entered_at", .string(enrolment.enteredAt.rfc3339)),
      .init("ended_at", .optional(enrolment.endedAt?.rfc3339)),
      .init("ending", .optional(enrolment.ending)),
    ])
  }

  private var ruleSetJSON: JSONValue {
    .object([
      .init("hash", .string(decision.ruleSet)),
      .init("git_commit", .optional(record.ruleSet?.gitCommit)),
      .init("deployed_at", .optional(record.ruleSet?.deployedAt.rfc3339)),
    ])
  }

  private var ruleJSON: JSONValue {
    guard let rule else { return .null }
    return .object([
      .init("path", .string(rule.path)),
      .init("line", .whole(rule.lines.first?.number ?? 0)),
      .init("text", .string(rule.lines.map(\.text).joined(separator: "\n"))),
    ])
  }

  private var deliveryJSON: JSONValue {
    guard let delivery = record.delivery else { return .null }
    let (state, at) = delivery.state.words
    return .object([
      .init("channel", .string(delivery.channel)),
      .init("state", .string(state)),
      .init("at", .optional(at?.rfc3339)),
      .init("attempts", .whole(delivery.attempts)),
      .init("crashes", .whole(delivery.crashes)),
      .init(
        "expires_at",
        .optional(delivery.expiresAt == .never ? nil : delivery.expiresAt.rfc3339)
      ),
      .init("last_answer", .optional(delivery.lastAnswer)),
      .init("payload", JSONText(wellFormed: delivery.payload).value ?? .null),
    ])
  }
}

extension Delivery.State {
  /// What it is called in the database, and the instant that belongs to it.
  var words: (state: String, at: Timestamp?) {
    switch self {
    case .pending(let due): ("pending", due)
    case .inFlight: ("in-flight", nil)
    case .delivered(let at): ("delivered", at)
    case .expired(let at): ("expired", at)
    case .dead(let at): ("dead", at)
    case .cancelled(let at): ("cancelled", at)
    }
  }
}

// MARK: - For people

extension DecisionTrace {
  func text(_ style: TextStyle) -> String {
    let zone = style.zone ?? inputs?.explanation.zone ?? .utc
    var lines = ["\(decision.id)"]
    lines += TextStyle.columns(facts(zone).map { ["  \($0.0)", $0.1] })
    lines += ruleLines
    lines += inputLines(style)
    return lines.joined(separator: "\n") + "\n"
  }

  private func facts(_ zone: Zone) -> [(String, String)] {
    let held = decision.cause.map { " (\($0))" } ?? ""
    return [
      ("decided", "\(decision.reason.code)\(held) \(decision.at.text(in: zone))"),
      ("about", "\(decision.subject)"),
      ("step", "\(decision.campaign)/\(decision.step), occurrence \(decision.occurrence)"),
      ("planned", decision.nominalAt.text(in: zone)),
      ("enrolment", enrolmentText(zone)),
      ("caused by", causeText(zone)),
      ("to", receiver),
      ("rules", ruleSetText(zone)),
      ("delivery", deliveryText(zone)),
    ]
  }

  private var receiver: String {
    guard let channel = decision.channel else { return "nobody: it has no channel" }
    let variant = decision.variant.map { ", variant \($0)" } ?? ""
    return "\(decision.to?.description ?? "nobody") by \(channel)\(variant)"
  }

  private func enrolmentText(_ zone: Zone) -> String {
    guard let enrolment = record.enrolment else { return "\(decision.enrolment), not kept" }
    let end = enrolment.endedAt.map {
      ", ended \($0.text(in: zone)) as \(enrolment.ending ?? "finished")"
    }
    return "\(enrolment.number), entered \(enrolment.enteredAt.text(in: zone))\(end ?? "")"
  }

  private func causeText(_ zone: Zone) -> String {
    guard let cause else { return "its time: no event came at that instant" }
    let whose = cause.event.subject.map { " of \($0)" } ?? ""
    return "event \(cause.sequence), \(cause.event.title)\(whose) (\(cause.event.messageID)), of "
      + cause.event.timestamp.text(in: zone)
  }

  private func ruleSetText(_ zone: Zone) -> String {
    let commit = record.ruleSet?.gitCommit.map { ", git \($0.prefix(7))" } ?? ""
    let loaded = record.ruleSet.map { ", loaded \($0.deployedAt.text(in: zone))" } ?? ", not kept"
    return "set \(decision.ruleSet.prefix(12))\(commit)\(loaded)"
  }

  private func deliveryText(_ zone: Zone) -> String {
    guard let delivery = record.delivery else { return "none: nothing left" }
    let (state, at) = delivery.state.words
    let when = at.map { " \($0.text(in: zone))" } ?? ""
    let attempts = "\(delivery.attempts) attempt\(delivery.attempts == 1 ? "" : "s")"
    let answer = delivery.lastAnswer.map { ", the last answered: \($0.prefix(200))" } ?? ""
    return "\(state)\(when), \(attempts)\(answer)"
  }

  private var ruleLines: [String] {
    guard let rule, let first = rule.lines.first else {
      return [
        "", "The rule is not kept: rule set \(decision.ruleSet.prefix(12)) has no such step.",
      ]
    }
    let width = "\(rule.lines.last?.number ?? 0)".count
    var previous = first.number - 1
    let lines = rule.lines.flatMap { line -> [String] in
      defer { previous = line.number }
      let number = "\(line.number)"
      let padding = String(repeating: " ", count: width - number.count)
      let gap = line.number > previous + 1 ? ["  \(String(repeating: " ", count: width)) ⋮"] : []
      return gap + ["  \(padding)\(number)  \(line.text)"]
    }
    return ["", "The rule as it was, \(rule.path):\(first.number)"] + lines
  }

  private func inputLines(_ style: TextStyle) -> [String] {
    guard let inputs else { return ["", "What it rested on is no longer in the log."] }
    let detailed = TextStyle(
      zone: style.zone,
      usesSymbols: style.usesSymbols,
      usesColor: style.usesColor,
      isDetailed: true
    )
    let title = cause == nil ? "Just before it:" : "With the event:"
    let cards = inputs.cards.map { $0.text(style: style) }
    return ["", title] + cards + [inputs.explanation.text(style: detailed)]
  }
}
