import Glibc
import NudgeDaemon

/// The answer of a command on stdout, gathered and written in large pieces.
///
/// A class, since what is gathered must reach the file in one order. A command calls `finish` at its end.
final class Answer {
  /// What is gathered before it is written: many lines for one call of the system.
  private static let pieceBytes = 64 << 10

  private var pending: [UInt8] = []

  /// Adds a line.
  func line(_ text: String) throws(Failure) {
    try write(Array((text + "\n").utf8))
  }

  /// Adds text as it is.
  func text(_ text: String) throws(Failure) {
    try write(Array(text.utf8))
  }

  /// Adds bytes as they are.
  func write(_ bytes: [UInt8]) throws(Failure) {
    pending += bytes
    if pending.count >= Answer.pieceBytes { try finish() }
  }

  /// Writes what is gathered.
  func finish() throws(Failure) {
    let code = Descriptor(number: STDOUT_FILENO).write(pending)
    pending = []
    if code != 0 {
      throw Failure("cannot write the answer: \(SystemError.text(code))", .inputOutput)
    }
  }
}
