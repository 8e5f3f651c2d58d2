import ArgumentParser
import Foundation
import NudgeDaemon

/// `nudged init`.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write sample rules, a test of them, settings and a CI file into a folder.",
    discussion: "Overwrites nothing: when one of the files is there already, none is written."
  )

  @Argument(help: ArgumentHelp("The folder; it is made when it is not there.", valueName: "dir"))
  var folder: String

  @OptionGroup var output: OutputOptions

  func run() throws {
    if InputFile.kind(of: folder) == .file {
      throw Failure("\(folder) is a file; name a folder", .bad)
    }
    let taken = SampleProject.files.map { "\(folder)/\($0.path)" }
      .filter { InputFile.kind(of: $0) != .nothing }
    guard taken.isEmpty else {
      throw Failure(
        "\(taken.joined(separator: ", ")) \(taken.count == 1 ? "is" : "are") there already; nothing was written",
        .bad
      )
    }
    let answer = Answer()
    for file in SampleProject.files {
      try write(file.text, to: "\(folder)/\(file.path)")
      try answer.line("\(folder)/\(file.path)")
    }
    try answer.finish()
    for line in nextSteps { output.note(line) }
  }

  private func write(_ text: String, to path: String) throws(Failure) {
    let url = URL(filePath: path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      // Should another process have been quicker, its file stays.
      try Data(text.utf8).write(to: url, options: .withoutOverwriting)
    } catch let error as CocoaError where error.code == .fileWriteNoPermission {
      throw Failure("may not write \(path)", .permission)
    } catch {
      throw Failure("cannot write \(path): is \(folder) a place for files?", .inputOutput)
    }
  }

  private var nextSteps: [String] {
    [
      "", "Next, in \(folder):",
      "  nudged check",
      "  nudged test tests",
      "  nudged read welcome",
      "  (umask 077; nudged keys new ingest > ingest.keys; nudged keys new admin > admin.keys)",
      "  nudged run",
    ]
  }
}
