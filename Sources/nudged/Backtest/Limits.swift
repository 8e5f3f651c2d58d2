/// The bounds of a backtest, each with its reason.
enum Limits {
  /// Lines that are sorted at once, in bytes: some 100,000 events, so that a gigabyte gives some fifteen runs.
  static let sortedRunBytes = 64 << 20

  /// What is read of a run at once: a hundred runs take a few megabytes.
  static let spillPieceBytes = 64 << 10

  /// Message ids that are sorted at once: 4 MB, so that ten million of them give a hundred runs.
  static let sortedIDs = 100_000

  /// How many rejected lines are told in full; the rest is counted.
  static let rejectionsTold = 5

  /// How long a run goes on after its last event: 60 days of clock time (`semantics.md`, ruling 88).
  static let millisecondsAfterLastEvent: Int64 = 60 * 86_400_000

  /// Events that are decided for between two meetings of the parts: some tenths of a second, and some ten megabytes; with
  /// an eighth of it the parts wait longer for one another.
  static let eventsOfStretch = 32_768

  /// Parts at most, and one for each processor: past this, reading is what takes the time.
  static let parts = 8
}
