// The answers of the routes, as far as programs may rely on them.

extension Shape {
  static let error = object([("code", .text), ("message", .text)])

  static let problem = object([("code", .text), ("text", .text), ("advice", .text)])

  static let health = object([
    ("status", .word(["ok", "degraded", "bad"])), ("degraded", .list(.text)),
    ("problems", .list(.problem)),
  ])

  static let status = object([
    ("version", .text), ("now", .instant), ("timezone", .text), ("ready", .flag),
    (
      "rule_set",
      .object([
        ("hash", .maybe(.text)), ("git_commit", .maybe(.text)), ("loaded_at", .maybe(.instant)),
        ("campaigns", .whole), ("rejected", .maybe(.text)),
      ])
    ),
    ("people", .whole), ("accounts", .whole), ("events", .whole), ("rejected", .whole),
    ("filling", .maybe(.object([("done", .whole), ("total", .whole)]))),
    ("waiting_events", .whole), ("next_due", .maybe(.instant)), ("decisions", .map(.whole)),
    (
      "outboxes",
      .list(
        .object([
          ("channel", .text), ("waiting", .whole), ("dead", .whole), ("oldest_seconds", .whole),
        ])
      )
    ),
    ("database_bytes", .whole), ("started_at", .instant), ("settings", .maybe(.text)),
    ("time_zones", .text), ("problems", .list(.problem)), ("clock", .clock),
    ("log_begins_at", .maybe(.instant)),
  ])

  static let clock = object([
    ("held_seconds", .maybe(.whole)), ("behind_seconds", .maybe(.whole)),
  ])

  static let loaded = object([("hash", .text), ("changed", .flag), ("report", .text)])

  static let planned = object([
    ("plan", .map(.any)), ("text", .text), ("unconfirmed", .list(.text)),
  ])

  static let linesTaken = object([
    ("taken", .whole), ("rejected", .whole),
    ("reasons", .list(.object([("line", .whole), ("code", .text), ("reason", .text)]))),
  ])

  // MARK: People

  static let subjects = object([
    (
      "rows",
      .list(
        .object([
          ("id", .text), ("model", .text), ("day", .whole), ("health", .maybe(.text)),
          ("segment", .maybe(.text)), ("pace", .maybe(.text)), ("scores", .map(.whole)),
          ("missing", .list(.text)), ("owner", .maybe(.text)),
        ])
      )
    ),
    ("next", .maybe(.whole)), ("traits", .list(.text)),
  ])

  private static let standing: [(String, Shape)] = [
    ("subject", .text), ("model", .text), ("started_at", .instant), ("day", .whole),
    ("milestones", .map(.maybe(.instant))), ("activated_at", .maybe(.instant)),
    ("pace", .maybe(.text)), ("segment", .maybe(.text)), ("health", .maybe(.text)),
    ("metrics", .map(.maybe(.number))),
    (
      "scores",
      .map(
        .object([
          ("points", .whole), ("band", .maybe(.text)), ("components", .map(.number)),
        ])
      )
    ),
  ]

  static let progress = object(
    standing + [
      ("milestones_done", .whole), ("milestones_total", .whole), ("next_milestone", .maybe(.text)),
      (
        "checklist",
        .list(
          .object([
            ("name", .text), ("category", .maybe(.text)), ("weight", .number), ("done", .flag),
            ("reached_at", .maybe(.instant)), ("count", .maybe(.whole)), ("of", .maybe(.whole)),
            ("text", .text),
          ])
        )
      ),
    ]
  )

  static let card = object([
    ("subject", .text), ("traits", .map(.any)), ("accounts", .list(.text)),
    ("progress", .list(.object(standing))), ("text", .text),
  ])

  static let export = object([
    ("subject", .text), ("traits", .map(.any)), ("accounts", .list(.text)),
    ("progress", .list(.object(standing))), ("decisions", .list(.decision)),
    ("deliveries", .list(.merged(.delivery, .object([("payload", .map(.any))])))),
    ("events", .list(.map(.any))), ("next", .maybe(.whole)),
  ])

  static let erasure = object([
    ("erased", .text), ("events", .whole), ("decisions", .whole), ("deliveries", .whole),
    ("rejected", .whole), ("files", .list(.text)),
  ])

  // MARK: Campaigns

  static let decision = object([
    ("at", .instant), ("subject", .text), ("campaign", .text), ("step", .text),
    ("enrolment", .whole), ("occurrence", .whole),
    ("outcome", .word(["sent", "held-out", "skipped", "dropped", "cancelled"])),
    ("reason", .text), ("nominal_at", .instant), ("channel", .maybe(.text)),
    ("to", .maybe(.text)), ("variant", .maybe(.text)), ("id", .text),
  ])

  static let silence = object([
    ("id", .text), ("campaign", .maybe(.text)), ("channel", .maybe(.text)),
    ("subject", .maybe(.text)), ("comment", .text), ("from", .instant),
    ("until", .maybe(.instant)), ("by", .text),
  ])

  static let campaign = object([
    ("name", .text), ("mode", .maybe(.text)), ("paused", .maybe(.silence)), ("inside", .whole),
    ("entered", .whole), ("planned", .whole), ("sent", .whole),
  ])

  static let campaignInFull = merged(
    .campaign,
    .object([
      ("description", .maybe(.text)), ("owner", .maybe(.text)), ("model", .text),
      ("deployed_at", .maybe(.instant)), ("timezone", .text),
      ("steps", .list(.object([("name", .text), ("decisions", .map(.whole))]))),
    ])
  )

  // MARK: Deliveries

  static let prompt = object([
    ("id", .text), ("channel", .text), ("campaign", .maybe(.text)), ("step", .maybe(.text)),
    ("template", .maybe(.text)), ("variant", .maybe(.text)), ("message", .any), ("data", .any),
    ("created_at", .instant), ("expires_at", .instant), ("seen", .flag),
  ])

  static let delivery = object([
    ("id", .text), ("channel", .text), ("campaign", .maybe(.text)), ("step", .maybe(.text)),
    ("subject", .maybe(.text)),
    ("state", .word(["pending", "in-flight", "delivered", "expired", "dead", "cancelled"])),
    ("created_at", .instant), ("due_at", .maybe(.instant)), ("expires_at", .instant),
    ("attempts", .whole), ("crashes", .whole), ("last_answer", .maybe(.text)),
  ])

  static let deliveries = object([
    ("timezone", .text), ("deliveries", .list(.delivery)), ("next", .maybe(.whole)),
  ])
}
