import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

private let now = Timestamp(millisecondsSinceEpoch: 1_772_323_200_000)

/// A delivery as it stands in the table.
private struct Row: Hashable, FetchableRecord {
  let sequence: Int64
  let channel: String
  let state: String
  let attempts: Int
  let due: Int64
  let expiresAt: Int64

  init(
    sequence: Int64,
    channel: String,
    state: String,
    attempts: Int,
    due: Int64,
    expiresAt: Int64
  ) {
    self.sequence = sequence
    self.channel = channel
    self.state = state
    self.attempts = attempts
    self.due = due
    self.expiresAt = expiresAt
  }

  init(row: GRDB.Row) {
    self.init(
      sequence: row["sequence"],
      channel: row["channel"],
      state: row["state"],
      attempts: row["attempts"],
      due: row["due"],
      expiresAt: row["expires_at"]
    )
  }

  /// Some backlog, most of it on one channel.
  static func random(_ sequence: Int64, using generator: inout SeededGenerator) -> Row {
    let clock = now.millisecondsSinceEpoch
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
    return Row(
      sequence: sequence,
      channel: chance(90) ? "email" : "log",
      state: chance(90) ? "pending" : ["in-flight", "delivered", "dead"][Int(sequence % 3)],
      attempts: chance(90) ? 0 : 2,
      due: clock + (chance(90) ? -1 : 1) * Int64.random(in: 0...9_000_000, using: &generator),
      expiresAt: chance(50)
        ? Int64.max : clock + Int64.random(in: -100_000...100_000, using: &generator)
    )
  }

  /// Whether it waits for its first attempt and could leave at once.
  var isBacklog: Bool {
    channel == "email" && state == "pending" && attempts == 0
      && due <= now.millisecondsSinceEpoch
  }
}

@Suite struct `A backlog after a downtime` {
  private let folder: TemporaryFolder
  private let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
  }

  private func spread(_ rows: [Row]) throws -> [Row] {
    try store.write { database, _ in
      for row in rows {
        try database.execute(
          sql: """
            INSERT INTO deliveries (sequence, id, channel, payload, created_at, expires_at, state, due,
              attempts, crashes)
            VALUES (?1, 'iv_' || ?1, ?2, '{}', 0, ?3, ?4, ?5, ?6, 0)
            """,
          arguments: [row.sequence, row.channel, row.expiresAt, row.state, row.due, row.attempts]
        )
      }
    }
    try store.spread(["email"], at: now)
    return try store.read {
      try Row.fetchAll($0, sql: "SELECT * FROM deliveries ORDER BY sequence")
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `leaves in the order of its expiry, a hundred at once and fifty a second after that`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let count = Int64.random(in: 0...700, using: &generator)
    let before = (0..<count).map { Row.random($0 + 1, using: &generator) }
    let after = try spread(before)
    #expect(after.count == before.count)
    for (old, new) in zip(before, after) where !old.isBacklog { #expect(new == old) }

    let clock = now.millisecondsSinceEpoch
    let backlog = zip(before, after).filter { $0.0.isBacklog }.map { $0.1 }
    let line = backlog.sorted { ($0.expiresAt, $0.sequence) < ($1.expiresAt, $1.sequence) }
    for (place, row) in line.enumerated() {
      let turn = clock + Int64(max(0, place - 99)) * 20
      // Whoever would lose its meaning meanwhile leaves a minute before that, or at once.
      let latest = row.expiresAt - 60_000
      #expect(max(row.due, clock) == max(clock, min(turn, latest)), "place \(place)")
    }
    let leisure = line.filter { $0.expiresAt == .max }
    for seconds in [0, 1, 5] {
      let gone = leisure.count { $0.due <= clock + Int64(seconds) * 1000 }
      #expect(gone <= 100 + 50 * seconds)
    }
  }

  @Test func `is left alone when it is spread again at once`() throws {
    var generator = SeededGenerator(seed: 1)
    let once = try spread((1...400).map { Row.random($0, using: &generator) })
    try store.spread(["email"], at: now)
    let twice = try store.read {
      try Row.fetchAll($0, sql: "SELECT * FROM deliveries ORDER BY sequence")
    }
    #expect(once == twice)
  }

  @Test func `that was spread by a clock that has been set back since leaves now`() throws {
    let day: Int64 = 86_400_000
    let clock = now.millisecondsSinceEpoch
    try store.write { database, _ in
      for (number, due) in [clock + day, clock + 30_000, clock - 5].enumerated() {
        try database.execute(
          sql: """
            INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts, crashes)
            VALUES (?, 'email', '{}', ?, ?, 'pending', ?, 0, 0)
            """,
          arguments: ["iv_\(number)", clock - 5, Int64.max, due]
        )
      }
    }
    #expect(try store.pull(at: now) == 1)
    let dues = try store.read {
      try Int64.fetchAll($0, sql: "SELECT due FROM deliveries ORDER BY sequence")
    }
    #expect(dues == [clock, clock + 30_000, clock - 5])
    #expect(try store.pull(at: now) == 0)
  }
}
