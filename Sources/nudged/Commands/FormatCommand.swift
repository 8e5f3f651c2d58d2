import ArgumentParser
import Foundation
import NudgeDaemon
import NudgeRules

/// `nudged fmt`.
struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Bring rule files into their canonical form.",
    discussion: """
      Puts the keys of each definition into one order and indents by two spaces; comments stay with \
      what they stand above. Prints the names of the files that it changes. What a file says never \
      changes: a form that cannot be brought into order is left as it is, and told.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "Rule files, settings, tests, and folders of rule files. (default: ./rules)",
      valueName: "paths"
    )
  )
  var paths: [String] = ["rules"]

  @Flag(help: "Change nothing; exit 1 if a file would change.")
  var check = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let answer = Answer()
    var isGood = true
    for file in try InputFile.rules(paths) {
      switch RuleFormatter.format(file) {
      case .formatted(let text):
        guard Array(text.utf8) != file.bytes else { continue }
        try answer.line(file.path)
        if check { isGood = false } else { try write(text, to: file.path) }
      case .unreadable(let diagnostics):
        isGood = false
        Note.write(DiagnosticPrinter(files: [file]).text(of: diagnostics))
      case .unsupported:
        output.note("\(file.path): left as it is; it is written in a form that fmt does not order")
      }
    }
    try answer.finish()
    if !isGood { throw ExitStatus.bad.exit }
  }

  /// Writes a file as a whole, links followed, with the permissions that it had.
  private func write(_ text: String, to path: String) throws(Failure) {
    try InputFile.explained {
      let url = URL(filePath: path).resolvingSymlinksInPath()
      let attributes = try FileManager.default.attributesOfItem(atPath: url.path())
      try Data(text.utf8).write(to: url, options: .atomic)
      let permissions = attributes.filter { $0.key == .posixPermissions }
      try FileManager.default.setAttributes(permissions, ofItemAtPath: url.path())
    }
  }
}
