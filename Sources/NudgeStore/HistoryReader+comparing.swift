import Foundation
import GRDB
import NudgeCore

/// What differs between a table and what was rebuilt of it.
public struct TableComparison: Hashable, Sendable {
  /// The table's name.
  public let table: String
  /// How many rows it has.
  public let rows: Int
  /// How many rows differ, are missing or are too many.
  public let differing: Int
  /// The first of those, each on one line.
  public let differences: [String]
}

/// A table that follows from what is stored as truth.
private struct DerivedTable {
  let name: String
  let key: [String]
  let values: [String]
  /// Which of its rows; all unless said.
  var condition: String?

  /// All of them; of `deliveries` what was decided, and not what became of it outside.
  static let all = [
    DerivedTable(name: "subjects", key: ["id"], values: ["kind", "subject", "memory", "due"]),
    DerivedTable(name: "timers", key: ["due", "subject"], values: []),
    DerivedTable(name: "facts", key: ["key"], values: []),
    DerivedTable(name: "deployments", key: ["name"], values: ["at"]),
    DerivedTable(
      name: "enrolments",
      key: ["subject", "campaign", "number"],
      values: ["entered_at", "ended_at", "ending"]
    ),
    DerivedTable(
      name: "decisions",
      key: ["sequence"],
      values: [
        "id", "at", "subject", "campaign", "step", "enrolment", "occurrence", "outcome", "reason",
        "nominal_at", "channel", "recipient", "variant", "cause", "rule_set",
      ]
    ),
    DerivedTable(
      name: "deliveries",
      key: ["id"],
      values: ["channel", "payload", "created_at", "expires_at"],
      // Alerts and decisions that were shipped are no interventions.
      condition: "id GLOB 'iv_*'"
    ),
  ]

  /// The rows of one database that the other lacks, or has with other values.
  func query(_ one: String, lacksIn other: String, orDiffers: Bool) -> String {
    let join = key.map { "a.\($0) = b.\($0)" }.joined(separator: " AND ")
    let own = (key + values).map { "a.\($0) AS a_\($0)" }
    let others = values.map { "b.\($0) AS b_\($0)" }
    let differs = orDiffers ? values.map { " OR a.\($0) IS NOT b.\($0)" }.joined() : ""
    return """
      SELECT \((own + others).joined(separator: ", ")), b.\(key[0]) IS NULL AS is_missing
      FROM \(one).\(name) a LEFT JOIN \(other).\(name) b ON \(join)
      WHERE \(condition.map { "a.\($0) AND " } ?? "")(b.\(key[0]) IS NULL\(differs))
      ORDER BY \(key.map { "a.\($0)" }.joined(separator: ", "))
      """
  }

  /// One row in words.
  func words(_ row: Row, missingIn place: String) -> String {
    let head = "\(name) " + key.map { "\($0) \(text(row["a_\($0)"]))" }.joined(separator: ", ")
    if row["is_missing"] == true {
      let told = values.prefix(4).map { "\($0) \(text(row["a_\($0)"]))" }
      return "\(head): missing \(place)"
        + (told.isEmpty ? "" : " (\(told.joined(separator: ", ")))")
    }
    let changed = values.filter { text(row["a_\($0)"]) != text(row["b_\($0)"]) }
    let told = changed.map { "\($0) is \(text(row["a_\($0)"])), rebuilt \(text(row["b_\($0)"]))" }
    return "\(head): " + told.joined(separator: "; ")
  }

  private func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: "null"
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text.count > 120 ? "\(text.prefix(120))…" : text
    case .blob(let bytes):
      "\(bytes.count) bytes \(Digest.hexadecimal(Digest.sha256(bytes).prefix(4)))"
    }
  }
}

extension HistoryReader {
  /// Compares every derived table with the database that was opened beside this one.
  public func compareRebuilt() throws -> [TableComparison] {
    try DerivedTable.all.map(compare)
  }

  private func compare(_ table: DerivedTable) throws -> TableComparison {
    let condition = table.condition.map { " WHERE \($0)" } ?? ""
    let count = "SELECT count(*) FROM main.\(table.name)\(condition)"
    let rows = try Int.fetchOne(database, sql: count) ?? 0
    var differing = 0
    var told: [String] = []
    func note(_ sql: String, missingIn place: String) throws {
      let cursor = try Row.fetchCursor(database, sql: sql)
      while let row = try cursor.next() {
        differing += 1
        if told.count < Limits.differencesTold {
          told.append(table.words(row, missingIn: place))
        }
      }
    }
    try note(
      table.query("main", lacksIn: "rebuilt", orDiffers: true),
      missingIn: "from what was rebuilt"
    )
    try note(
      table.query("rebuilt", lacksIn: "main", orDiffers: false),
      missingIn: "from the live database"
    )
    return TableComparison(
      table: table.name,
      rows: rows,
      differing: differing,
      differences: told
    )
  }
}
