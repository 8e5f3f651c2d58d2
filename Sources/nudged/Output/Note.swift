import Glibc

/// Lines on stderr: progress and notes, never the answer.
enum Note {
  /// Writes a line.
  static func write(_ line: String) {
    raw(line + "\n")
  }

  /// Writes text as it is; when nobody can read it, nothing is lost.
  static func raw(_ text: String) {
    _ = Descriptor(number: STDERR_FILENO).write(Array(text.utf8))
  }
}
