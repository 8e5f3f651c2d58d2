/// The bounds of the running program, each with its reason.
enum Limits {
  /// How many events may wait for the writer before senders are told to come back: two seconds' worth at the
  /// rate that one disk takes, so that an answer comes before any SDK gives up.
  static let waitingEvents = 50_000

  /// How many events one transaction takes: more do not make the commit cheaper, and answers wait longer.
  static let eventsPerTransaction = 5000

  /// After how many transactions the log is moved into the database file.
  static let transactionsPerCheckpoint = 200

  /// The longest sleep of the writer in milliseconds, so that a clock that was set is noticed.
  static let longestSleepMilliseconds: Int64 = 60_000
}
