extension ExitStatus {
  /// What it says, as `nudged(1)` and `docs/operations.md` tell it.
  public var explanation: String {
    switch self {
    case .good: "done, and the answer is good"
    case .bad: "done, and the answer is bad: errors found, nobody of that id"
    case .changes: "there are changes; only of `plan --exit-code`"
    case .usage: "the arguments are wrong"
    case .badData: "the data are wrong"
    case .noSuchFile: "there is no such file"
    case .unreachable: "the daemon cannot be reached"
    case .bug: "a mistake of ours"
    case .inputOutput: "a disk or a network has failed"
    case .tryAgain: "another process holds what this one needs; try again"
    case .permission: "not permitted"
    case .invalid: "settings or rules are invalid (`run`, `reload`)"
    case .interrupted: "interrupted"
    }
  }
}
