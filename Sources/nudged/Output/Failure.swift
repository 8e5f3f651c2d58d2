import ArgumentParser
import NudgeDaemon

/// Why a command cannot do its work, in words for people.
struct Failure: Error, Hashable, Sendable {
  /// One or more lines without a newline at the end, each of which can stand alone.
  let message: String
  /// What the exit says.
  let status: ExitStatus

  init(_ message: String, _ status: ExitStatus) {
    self.message = message
    self.status = status
  }

  /// Tells it on stderr.
  func report() {
    Note.write("nudged: \(message)")
  }
}

extension ExitStatus {
  /// Ends a command with this status and without another word.
  var exit: ExitCode { ExitCode(rawValue) }
}
