import Glibc

/// What the exit of a command says (`nudged(1)`).
public enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
  /// Done, and the answer is good.
  case good = 0
  /// Done, and the answer is bad: errors found, tests failed, unhealthy.
  case bad = 1
  /// Done, and there are changes; only of `plan --exit-code`.
  case changes = 2
  /// The arguments are wrong.
  case usage = 64
  /// The data are wrong: events, or an empty choice of tests.
  case badData = 65
  /// There is no such file.
  case noSuchFile = 66
  /// The daemon cannot be reached.
  case unreachable = 69
  /// We have made a mistake.
  case bug = 70
  /// A disk or a network has failed.
  case inputOutput = 74
  /// Another process holds what this one needs; it may go better later.
  case tryAgain = 75
  /// The system does not permit it.
  case permission = 77
  /// Settings or rules are invalid, so `run` or `reload` cannot do its work.
  case invalid = 78
  /// Somebody interrupted it.
  case interrupted = 130
}

extension ExitStatus {
  /// The system's error number that comes nearest, for a service manager.
  var errno: Int32 {
    switch self {
    case .good, .bad, .changes: 0
    case .usage, .badData, .invalid: EINVAL
    case .noSuchFile: ENOENT
    case .unreachable: ECONNREFUSED
    case .bug: ENOTRECOVERABLE
    case .inputOutput: EIO
    case .tryAgain: EBUSY
    case .permission: EACCES
    case .interrupted: EINTR
    }
  }
}
