extension ExitStatus {
  /// What it says, as `nudged(1)` and `docs/operations.md` tell it.
  public var explanation: String {
    switch self {
    case .good: "done, and the answer is good"
    case .bad:
      "done, and the answer is bad: errors found, nobody of that id, a clock that is not believed"
    case .changes: "there are changes; only of `plan --exit-code`"
    case .usage: "the arguments are wrong"
    case .badData: "the data are wrong: events, plans, a log that no longer holds what is asked"
    case .noSuchFile: "there is no such file, or no such database"
    case .unreachable: "the daemon cannot be reached"
    case .bug: "a mistake of ours"
    case .inputOutput: "a disk or a network has failed; a database is damaged, or is none"
    case .tryAgain: "another process holds what this one needs, or the disk is full; try again"
    case .permission: "not permitted"
    case .invalid: "settings or rules are invalid (`run`, `reload`); a database of another version"
    case .interrupted: "interrupted"
    }
  }
}
