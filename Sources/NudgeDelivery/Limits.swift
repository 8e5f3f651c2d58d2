import NudgeCore

/// The bounds of this target, each with its reason.
enum Limits {
  /// The largest payload that leaves: what every mail and chat provider takes (`delivery.md`).
  static let payloadBytes = NudgeCore.Limits.payloadBytes
  /// How much of an answer is kept with its delivery.
  static let answerBytes = 4096
  /// The longest pause that a receiver can ask for.
  static let pause = Duration.seconds(86_400)
  /// Shortest and longest secret, in bytes (Standard Webhooks 1.0).
  static let secretBytes = 24...64
  /// How many results the breaker looks back on.
  static let breakerResults = 10
  /// How many failures of those open it.
  static let breakerFailures = 7
  /// The longest time that a breaker stays open.
  static let breakerOpen = Duration.seconds(900)
  /// Work that a rate may save up while idle, so that a short pause costs no throughput.
  static let rateBurst = Duration.milliseconds(100)
  /// File lines planned, written and settled at once: enough that a commit and a sync cost little for each.
  static let fileLines = 1000
  /// How much of a file's end is remembered, to notice edits.
  static let tailBytes = 64
  /// The first and the longest wait after the disk has refused.
  static let fileRetry = Duration.seconds(1)
  static let fileRetryLongest = Duration.seconds(60)
  /// How long a worker waits when the store says that something is due and hands out nothing.
  static let idle = Duration.seconds(1)
  /// How much of a file is read at once when a restored database goes on with it.
  static let adoptedBytes = 1 << 20
}
