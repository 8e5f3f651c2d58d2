import ArgumentParser

/// `nudged read`.
struct ReadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "read", abstract: "x")
}
