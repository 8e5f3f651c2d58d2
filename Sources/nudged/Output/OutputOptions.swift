import ArgumentParser
import Glibc

/// How a command speaks; the same words for all of them.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("When to use colours.", valueName: "when"))
  var color = Terminal.Color.auto

  @Flag(name: .shortAndLong, help: "No progress and no notes.")
  var quiet = false

  /// Where the answer goes.
  var answer: Terminal { Terminal(STDOUT_FILENO, color: color) }

  /// Where progress and notes go.
  var notes: Terminal { Terminal(STDERR_FILENO, color: color) }

  /// Writes a note, unless nobody wants any.
  func note(_ line: String) {
    if !quiet { Note.write(line) }
  }
}
