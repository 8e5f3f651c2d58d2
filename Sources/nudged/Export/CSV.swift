import NudgeCore

/// Tables as RFC 4180 writes them, each line without its end.
enum CSV {
  /// One line of these cells.
  static func line(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",")
  }

  /// A value as one cell: nothing for null, text as it is, anything else as JSON.
  static func cell(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): text
    case .bool, .number, .array, .object: value.json.text
    }
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
    return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}

/// The columns of a table of progress: one for each milestone, metric and score of any model.
struct UserColumns {
  private static let fixed = [
    "subject", "model", "started_at", "day", "activated_at", "pace", "segment", "health",
  ]
  private let milestones: [String]
  private let metrics: [String]
  private let scores: [String]

  /// The columns that these rules need.
  init(_ rules: RuleSet) {
    milestones = rules.models.flatMap { $0.milestones.map(\.name) }.once
    metrics = rules.models.flatMap { $0.metrics.map(\.name) }.once
    scores = rules.models.flatMap { $0.scores.map(\.name) }.once
  }

  /// The names of the columns.
  var head: [String] {
    UserColumns.fixed + milestones.map { "milestone.\($0)" } + metrics.map { "metric.\($0)" }
      + scores.map { "score.\($0)" }
  }

  /// One card as a row.
  func cells(of card: ProgressCard) -> [String] {
    let fixed = [
      card.subject.description, card.model, card.startedAt.rfc3339, "\(card.day)",
      card.activatedAt?.rfc3339 ?? "", card.pace ?? "", card.segment ?? "", card.health ?? "",
    ]
    let reached = milestones.map { name in
      card.milestones.first { $0.name == name }?.reachedAt?.rfc3339 ?? ""
    }
    let values = metrics.map { name in
      card.metrics.first { $0.name == name }?.value.map { "\($0)" } ?? ""
    }
    let points = scores.map { name in
      card.scores.first { $0.name == name }.map { "\($0.points)" } ?? ""
    }
    return fixed + reached + values + points
  }
}

extension [String] {
  /// Each element at its first place only.
  fileprivate var once: [String] {
    var known: Set<String> = []
    return filter { known.insert($0).inserted }
  }
}
