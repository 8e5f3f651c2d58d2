import Foundation
import GRDB
import NudgeCore

/// Which rule set each fact was filled for: what a memory that was written before lacks.
///
/// A rule set's number is its epoch. A memory holds a fact if it was written in the fact's epoch or later; otherwise the
/// fact stands in the table `filled`, under the fact's epoch, until the memory is written again.
struct FactLedger {
  /// The epoch of the rule set that decides.
  let epoch: Int64
  private let epochs: [KeptFact: Int64]
  private let newest: Int64

  /// The ledger of a database for a rule set; facts that are not in the books count as filled in this epoch.
  init(_ rules: RuleIndex, filledIn epoch: Int64? = nil, _ database: Database) throws {
    let current = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM rule_sets") ?? 0
    self.epoch = epoch ?? current
    let rows = try Row.fetchAll(database, sql: "SELECT key, epoch FROM facts")
    let known = Dictionary(rows.map { ($0["key"] as Int64, $0["epoch"] as Int64) }) { first, _ in
      first
    }
    epochs = rules.factKeys.reduce(into: [:]) { $0[$1.value] = known[$1.key] ?? epoch ?? current }
    newest = epochs.values.max() ?? 0
  }

  /// The memory of a row of `subjects`, with what was filled since it was written.
  func memory(
    _ subject: SubjectID,
    _ row: Row,
    _ rules: RuleIndex,
    _ database: Database
  ) throws -> (memory: Memory, isBehind: Bool) {
    let bytes = [UInt8](row["memory"] as Data)
    let stored =
      bytes.isEmpty ? Memory(subject: subject) : try Memory(subject, from: bytes, for: rules)
    let written: Int64 = row["epoch"]
    guard written < newest else { return (stored, false) }
    var memory = stored.cleared(for: filling(rules) { $0 > written })
    let filled = try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT epoch, memory FROM filled WHERE kind = ? AND subject = ? AND epoch > ?
          ORDER BY epoch
          """
      ),
      arguments: [subject.kind.rawValue, subject.id, written]
    )
    for row in filled {
      let epoch: Int64 = row["epoch"]
      let side = try Memory(subject, from: [UInt8](row["memory"] as Data), for: rules)
      memory = memory.taking(filling(rules) { $0 == epoch }, from: side)
    }
    return (memory, true)
  }

  private func filling(_ rules: RuleIndex, _ isMeant: (Int64) -> Bool) -> Filling {
    Filling(epochs.filter { isMeant($0.value) }.keys, rules: rules)
  }
}
