import ArgumentParser
import NudgeDaemon

/// `nudged completions`.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print the completions of a shell.",
    discussion: """
      bash: nudged completions bash > ~/.local/share/bash-completion/completions/nudged
      zsh: nudged completions zsh > a folder of $fpath, as _nudged
      fish: nudged completions fish > ~/.config/fish/completions/nudged.fish
      """
  )

  /// A shell that has completions.
  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash
    case zsh
    case fish

    var parsers: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(help: "The shell.")
  var shell: Shell

  func run() throws {
    let answer = Answer()
    let script = Nudged.completionScript(for: shell.parsers)
    try answer.text(script.hasSuffix("\n") ? script : script + "\n")
    try answer.finish()
  }
}
