/// The bounds of the running program, each with its reason.
enum Limits {
  /// How many events may wait for the writer before senders are told to come back: two seconds' worth at the
  /// rate that one disk takes, so that an answer comes before any SDK gives up.
  static let waitingEvents = 50_000

  /// How many events one transaction takes: more do not make the commit cheaper, and answers wait longer; with a fifth
  /// of it a quarter fewer events were taken in a second, since memories are written more often.
  static let eventsPerTransaction = 5000

  /// The longest sleep of the writer in milliseconds, so that a clock that was set is noticed.
  static let longestSleepMilliseconds: Int64 = 60_000

  /// How long what is due waits for a disk that is full, in milliseconds: events are answered meanwhile.
  static let fullDiskPauseMilliseconds: Int64 = 1000

  /// How often figures that must be counted in the database are counted, in seconds.
  static let secondsBetweenReports = 15

  /// The longest time a clock sleeps before it looks again: a clock set forward is noticed within a minute.
  static let sleepSlice = Duration.seconds(60)

  /// How much of one text stands on a log line, in bytes: an error with its cause fits, a body does not,
  /// and a line with a few of them stays below the 48 KiB at which the journal splits it.
  static let logTextBytes = 4096

  /// How much of a `/proc` file is read, in bytes: `stat` is one line of 52 numbers and a name.
  static let procFileBytes = 4096

  /// How many rejected lines of a part of a file are told by reason: a screenful.
  static let reasonsTold = 20

  /// How many subjects a plan looks at together: some 10 MB of memories on each core.
  static let subjectsPerPiece = 1000

  /// How many names of traits an empty page tells: more than products set, and some kilobytes.
  static let traitsTold = 500

  /// How far the time of day may leap ahead at once without being held: more than any correction of a clock that runs,
  /// less than a night's sends are worth.
  static let clockLeap = Duration.seconds(3600)

  /// How long a leap must have stayed as it is to be believed.
  static let clockProbation = Duration.seconds(60)

  /// How far two readings may differ and still agree: what setting a clock gradually does in a minute.
  static let clockAgreement = Duration.seconds(2)

  /// How far the time of day may be before the newest event: what senders of one network differ.
  static let clockLag = Duration.seconds(300)

  /// How often the clock is looked at.
  static let betweenLooksAtClock = Duration.seconds(5)

  /// How often refused requests are told of: whoever guesses keys must not fill the log.
  static let betweenRefusals = Duration.seconds(60)

  /// How often the past is tidied up.
  static let betweenTidyings = Duration.seconds(3600)

  /// How much longer a start may take from each step of the copy before a migration.
  static let copyPatience = Duration.seconds(30)

  /// From how many pages on a log that cannot be moved is told: 64 MB, which no report that reads takes long to fill.
  static let pagesOfLongLog = 16_384
}
