import Glibc
import NudgeDaemon

/// What the system's error numbers say.
enum SystemError {
  /// The words for a number of `errno`.
  static func text(_ code: Int32) -> String {
    String(cString: strerror(code))
  }

  /// The exit that fits a file which could not be opened or read.
  static func status(_ code: Int32) -> ExitStatus {
    switch code {
    case ENOENT, ENOTDIR: .noSuchFile
    case EACCES, EPERM: .permission
    default: .inputOutput
    }
  }
}
