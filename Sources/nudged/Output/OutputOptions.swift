import ArgumentParser
import Glibc
import NudgeCore
import NudgeZones

/// How a command speaks; the same words for all of them.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("When to use colours.", valueName: "when"))
  var color = Terminal.Color.auto

  @Flag(name: .shortAndLong, help: "No progress and no notes.")
  var quiet = false

  @Flag(help: "Times in UTC.")
  var utc = false

  /// The zone in which the times of the daemon's answer are told: that of its settings.
  func zone(of answer: JSONValue) -> Zone {
    guard !utc, let name = answer["timezone"]?.text else { return .utc }
    return (try? SystemZones.load())?[name] ?? .utc
  }

  /// Where the answer goes.
  var answer: Terminal { Terminal(STDOUT_FILENO, color: color) }

  /// Where progress and notes go.
  var notes: Terminal { Terminal(STDERR_FILENO, color: color) }

  /// Writes a note, unless nobody wants any.
  func note(_ line: String) {
    if !quiet { Note.write(line) }
  }
}
