import ArgumentParser

/// `nudged init`.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "init", abstract: "x")
}
