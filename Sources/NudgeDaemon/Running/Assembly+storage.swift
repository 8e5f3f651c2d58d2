import NudgeStore

extension Assembly {
  /// What a person should look at, of the disk and the clock; empty when all is well.
  var storageTroubles: [String] {
    var troubles: [String] = []
    if store.isDiskFull { troubles.append("disk full, events are refused") }
    if store.logBacklog > Limits.pagesOfLongLog {
      troubles.append("a reader holds on to the database's log")
    }
    if let clock = clockWatch.seen.text { troubles.append(clock) }
    return troubles
  }
}
