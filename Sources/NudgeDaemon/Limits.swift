/// The bounds of the running program, each with its reason.
enum Limits {
  /// The longest time a clock sleeps before it looks again: a clock set forward is noticed within a minute.
  static let sleepSlice = Duration.seconds(60)

  /// How much of one text stands on a log line, in bytes: an error with its cause fits, a body does not,
  /// and a line with a few of them stays below the 48 KiB at which the journal splits it.
  static let logTextBytes = 4096

  /// How much of a `/proc` file is read, in bytes: `stat` is one line of 52 numbers and a name.
  static let procFileBytes = 4096
}
