/// The bounds of the store, each with its reason.
enum Limits {
  /// SQLite's page cache of the writer in KiB: the hot pages of the indexes at a million people.
  static let pageCacheKibibytes = 32_768

  /// How many memories stay warm between transactions: some 100 MB at 1 KiB each, with what Swift adds.
  static let warmMemories = 50_000

  /// How many due timers one transaction decides, so that events need not wait for a whole morning's mails.
  static let timersPerTransaction = 2000

  /// How long a delivery may at least be tried, in milliseconds, however close to its expiry it was decided.
  static let leastDeliveryMilliseconds: Int64 = 60_000

  /// How often all that waits in an outbox is searched for what has lost its meaning, in milliseconds: the search reads
  /// each waiting row, and what is due between two of them is looked at by itself.
  static let millisecondsBetweenSweeps: Int64 = 15_000

  /// How many events of the log one transaction passes when a new fact is filled from it: some ten milliseconds, so
  /// that those who send events hardly notice.
  static let eventsPerFill = 2000

  /// How many events one transaction decides again: its memories and pages are bounded, and a commit is seldom.
  static let eventsPerReplay = 10_000

  /// How many rows that differ are told; the rest is counted.
  static let differencesTold = 10

  /// How long an erasure waits for readers to let go of the log, in milliseconds: longer than any page of a list takes,
  /// shorter than what senders of events wait for.
  static let longestLogWaitMilliseconds = 2000

  /// How many timers are counted that are due at once: that there are more changes nothing of what one does.
  static let timersCounted = 100_000

  /// Up to which size an examination looks at every page unasked, in bytes: some seconds of reading.
  static let examinedBytes = 1 << 30

  /// How many of the latest events an examination looks at.
  static let eventsExamined = 100_000

  /// How many pages the log takes before it is moved into the database file: 32 MB, which a start after a crash reads in a
  /// tenth of a second, and in which busy pages change many times before they are written to their place.
  static let logPages = 8192

  /// How many messages reach their index together: several for each of its pages up to some million events, 7 MB while
  /// they wait, and fifty milliseconds to read them again at a start.
  static let messagesIndexedTogether = 32_768

  /// How many breaches of one law a check counts: whoever has more has one problem, not so many.
  static let problemsCounted = 1000

  /// How many pages a copy takes before it tells how far it is: 4 MB, some ten milliseconds.
  static let pagesPerCopyStep: CInt = 1000

  /// What the ballast takes up: room for the log and the file to settle ten thousand deliveries of a kilobyte.
  static let ballastBytes = 16 << 20

  /// On a disk that has less than three times that: which part of the free room it takes.
  static let ballastShare = 12

  /// The least that is worth keeping: room for the file to take in some of the log.
  static let leastBallastBytes = 512 << 10

  /// What a disk that was full must have before events are taken again: the pages of a few large transactions.
  static let leastRoomBytes = 1 << 20

  /// How long what must be settled waits for room, until it is tried again.
  static let fullDiskPause = Duration.seconds(1)

  /// How many old rows one transaction drops: some ten milliseconds, so that those who send events hardly notice.
  static let rowsDroppedAtOnce = 500

  /// How many decisions of each outcome of each campaign stay whatever their age: a screenful to look at.
  static let decisionsAlwaysKept = 100

  /// How many deliveries of a backlog leave a channel at once: an ordinary minute's.
  static let backlogAtOnce = 100

  /// How many of a backlog leave a channel in a second after that: what a receiver takes that expects a few.
  static let backlogPerSecond = 50

  /// How much later than the last of a backlog something may be due, in milliseconds, before the clock is blamed: some of
  /// those before it may have lost their meaning since.
  static let backlogSlackMilliseconds: Int64 = 60_000

  /// How long a write waits for somebody who has opened the file by hand, in seconds: a statement typed by a person is over
  /// by then, and the service manager's watchdog still far away.
  static let lockPatienceSeconds = 10.0
}
