public import NudgeCore
import NudgeRules

extension RulePlan {
  /// The plan as one document: what `plan --format json` prints, and with the rule texts what `plan -o` keeps.
  public func json(withFiles: Bool) -> JSONValue {
    let counts = diff.counts
    var members: [JSONValue.Member] = [
      .init("nudged_plan", .whole(1)),
      .init("made_at", .string(madeAt.rfc3339)),
      .init("base", base.json),
      .init("planned", planned.json),
      .init("log_position", .whole(Int(logPosition))),
      .init("folder", .string(folder)),
      .init("added", .whole(counts.added)),
      .init("changed", .whole(counts.changed)),
      .init("removed", .whole(counts.removed)),
      .init("changes", .array(diff.entries.map(\.json))),
      .init("settings", .array(settings.map(\.json))),
      .init("renames", .array(diff.renames.map(\.json))),
      .init("starting_over", startsOver ? .whole(startingOver) : .null),
      .init("new_facts", .array(newFacts.map(JSONValue.string))),
      .init("log_begins_at", .optional(logBeginsAt?.rfc3339)),
      .init("people", effect.json),
    ]
    if withFiles {
      let files = files.sorted { $0.key < $1.key }.map {
        JSONValue.Member($0.key, .string($0.value))
      }
      members.append(.init("files", .object(files)))
    }
    return .object(members)
  }
}

extension RulePlan.Side {
  fileprivate var json: JSONValue {
    .object([.init("hash", .string(hash)), .init("git_commit", .optional(gitCommit))])
  }
}

extension RuleDiff.Entry {
  fileprivate var json: JSONValue {
    let word: String
    switch change {
    case .added: word = "added"
    case .removed: word = "removed"
    case .changed: word = "changed"
    }
    return .object([
      .init("kind", .string(kind.rawValue)),
      .init("name", .string(name)),
      .init("was", .optional(was)),
      .init("change", .string(word)),
      .init("keys", .array(keys.map(\.json))),
      .init("steps", .array(steps.map(\.json))),
    ])
  }
}

extension RuleDiff.KeyChange {
  fileprivate var json: JSONValue {
    .object([
      .init("path", .string(path)), .init("old", .optional(old)), .init("new", .optional(new)),
    ])
  }
}

extension RuleDiff.Rename {
  fileprivate var json: JSONValue {
    .object([
      .init("kind", .string(kind.rawValue)), .init("campaign", .optional(campaign)),
      .init("old", .string(old)), .init("new", .string(new)),
    ])
  }
}

extension EditEffect {
  fileprivate var json: JSONValue {
    .object([
      .init("looked_at", .whole(subjects)),
      .init("new_sends", .whole(newSends)),
      .init("next_7_days", after.json),
      .init("next_7_days_now", before.json),
      .init(
        "campaigns",
        .object(
          campaigns.filter { !$0.value.isEmpty || $0.value.wouldJoin.count > 0 }
            .sorted { $0.key < $1.key }.map { .init($0.key, $0.value.json) }
        )
      ),
    ])
  }
}

extension Forecast {
  fileprivate var json: JSONValue {
    .object([
      .init("sends", .whole(sends)), .init("held_out", .whole(heldOut)),
      .init("waiting_on_caps", .whole(waitingOnCaps)),
      .init(
        "by_step",
        .object(sendsByStep.sorted { $0.key < $1.key }.map { .init($0.key, .whole($0.value)) })
      ),
    ])
  }
}

extension CampaignEffect {
  fileprivate var json: JSONValue {
    .object([
      .init("inside", .whole(inside)),
      .init("enters", enters.json),
      .init("would_join", wouldJoin.json),
      .init("leaves", .heads(leaves)),
      .init("plans_ended", .whole(plansEnded)),
      .init(
        "steps",
        .object(
          steps.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { .init($0.key, $0.value.json) }
        )
      ),
    ])
  }
}

extension StepEffect {
  fileprivate var json: JSONValue {
    .object([
      .init("planned", .whole(planned)),
      .init(
        "moves",
        .array(
          moves.sorted { $0.key < $1.key }.map { move, heads in
            .object([
              .init("days", .whole(move.days)), .init("minutes", .whole(move.minutes)),
              .init("from_today_to_tomorrow", .bool(move.isFromTodayToTomorrow)),
              .init("heads", heads.json),
            ])
          }
        )
      ),
      .init("gains", gains.json),
      .init("cancelled", cancelled.json),
      .init("decided", .heads(decided)),
    ])
  }
}

extension Heads {
  fileprivate var json: JSONValue {
    .object([
      .init("count", .whole(count)), .init("first", .array(names.map { .string($0.description) })),
    ])
  }
}

extension JSONValue {
  fileprivate static func heads(_ heads: [String: Heads]) -> JSONValue {
    .object(heads.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.json) })
  }
}
