import Glibc
import NudgeDaemon

/// Asks before something is done that cannot be undone.
enum Confirmation {
  /// Waits for `yes` on a terminal; without one, somebody must have said so before.
  ///
  /// - Throws: ``Failure`` unless it is confirmed.
  static func ask(_ question: String, isGiven: Bool) throws(Failure) {
    if isGiven { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw Failure("\(question) Add --yes to confirm.", .usage)
    }
    Note.write("\(question) Write yes to confirm:")
    guard readLine() == "yes" else { throw Failure("nothing was done", .bad) }
  }
}
