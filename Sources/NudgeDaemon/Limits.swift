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

  /// How often it is looked whether outboxes need somebody, and said what was done.
  static let betweenReports = Duration.seconds(60)

  /// How often prompts are looked at that nobody may fetch any more, and streams show that they live: well within the
  /// half minute after which proxies give up a connection.
  static let betweenLooksAtPrompts = Duration.seconds(15)

  /// The longest time a clock sleeps before it looks again: a clock set forward is noticed within a minute.
  static let sleepSlice = Duration.seconds(60)

  /// How much of one text stands on a log line, in bytes: an error with its cause fits, a body does not,
  /// and a line with a few of them stays below the 48 KiB at which the journal splits it.
  static let logTextBytes = 4096

  /// How much of a `/proc` file is read, in bytes: `stat` is one line of 52 numbers and a name.
  static let procFileBytes = 4096

  /// How many rejected lines of a part of a file are told by reason: a screenful.
  static let reasonsTold = 20

  /// How long nothing arrives at a channel before somebody is told: retries after 5 s and 5 min have failed too.
  static let failingBeforeAlert = Duration.seconds(900)

  /// The least time between two alerts that the dead letters of a channel grow, so that a campaign that goes wrong does
  /// not fill a chat.
  static let betweenDeadLetterAlerts = Duration.seconds(3600)

  /// How many alerts wait to be kept; more than there are channels and kinds of trouble.
  static let alerts = 256

  /// How many clients read prompts as they come: half of all connections, so that events still find one.
  static let promptStreams = 512

  /// How many prompts of one person a stream tells of at once.
  static let promptsTold = 1000

  /// How long a retry waits when the database cannot tell whether it may go.
  static let retryLater = Duration.seconds(60)

  /// How many subjects a plan looks at together: some 10 MB of memories on each core.
  static let subjectsPerPiece = 1000

  /// How many names of traits an empty page tells: more than products set, and some kilobytes.
  static let traitsTold = 500

  /// How much more time the service manager is asked for at once; every third of it again.
  static let timeExtension = Duration.seconds(60)

  /// How often in a row: an hour, after which a start that does not end is to be taken for hung.
  static let extensions = 180

  /// How long figures of the database are handed out again, so that many who ask cost one question.
  static let gaugesAge = Duration.seconds(1)

  /// How long files must stand still before they are loaded by `watch: true`, twice: a checkout writes faster.
  static let quietTime = Duration.milliseconds(500)

  /// How often everybody is counted at most.
  static let betweenCounts = Duration.seconds(60)

  /// How many times as long as a count took there is none: so it costs half a percent of one core.
  static let censusPause = 200

  /// The room on a disk below which a person should make more, in bytes: a busy day's events fit into it.
  static let lowSpaceBytes = 256 << 20

  /// After how many seconds what is due counts as late: far above a batch, far below what a person notices.
  static let secondsOfLateness = 60

  /// How many dropped decisions a minute tells one by one at `info`: a screenful.
  static let droppedDecisionsTold = 20

  /// How long an examination waits for somebody to answer.
  static let lookDeadline = Duration.seconds(5)

  /// With how many days left a certificate is told of: whoever renews by program does so at thirty, and has failed for two
  /// weeks then.
  static let certificateDays: Int64 = 14

  /// How many groups of names that are alike an examination tells.
  static let oddNamesTold = 10

  /// How far the time of day may leap ahead at once without being held: more than any correction of a clock that runs,
  /// less than a night's sends are worth.
  static let clockLeap = Duration.seconds(3600)

  /// How long a leap must have stayed as it is to be believed.
  static let clockProbation = Duration.seconds(60)

  /// How far two readings may differ and still agree: what setting a clock gradually does in a minute.
  static let clockAgreement = Duration.seconds(2)

  /// How far the time of day may be before the newest event: what senders of one network differ.
  static let clockLag = Duration.seconds(300)

  /// How often the clock is looked at: each look wakes the machine.
  static let betweenLooksAtClock = Duration.seconds(5)

  /// How often refused requests are told of: whoever guesses keys must not fill the log.
  static let betweenRefusals = Duration.seconds(60)

  /// How often the past is tidied up.
  static let betweenTidyings = Duration.seconds(3600)

  /// From how many pages on a log that cannot be moved is told: 64 MB, which no report that reads takes long to fill.
  static let pagesOfLongLog = 16_384
}
