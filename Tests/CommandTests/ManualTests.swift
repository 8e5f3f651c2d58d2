import Foundation
import NudgeTesting
import Testing

/// The manual pages and completions, each tried by the program that reads it (`make test` installs them).
@Suite struct ManualTests {
  private static let pages = ["nudged.1", "nudged.8", "nudged-rules.5", "nudged.yaml.5"]

  private func shell(_ script: String, in folder: TemporaryFolder) async throws -> Program.Outcome {
    try await Program.run(
      URL(filePath: "/bin/sh"),
      ["-c", script],
      in: folder,
      environment: [
        "PATH": Program.folder + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"),
        "LANG": "C.UTF-8", "HOME": folder.path,
      ]
    )
  }

  @Test(arguments: pages)
  func `a page is good roff for both readers`(page: String) async throws {
    let folder = try TemporaryFolder()
    let text = try await Program.run(
      ["man", page, "--documents", Program.repository("docs")],
      in: folder
    )
    #expect(text.status == 0, "\(text.notes)")
    try folder.write(text.output, to: page)
    let lint = try await shell("mandoc -T lint -W warning \(page)", in: folder)
    #expect(lint.status == 0, "\(lint.output.prefix(2000))\(lint.notes)")
    let man = try await shell(
      "man --warnings -E UTF-8 -l -Tutf8 -Z ./\(page) >/dev/null",
      in: folder
    )
    #expect(man.status == 0 && man.notes == "", "\(man.notes.prefix(2000))")
  }

  @Test func `the page of the commands has every command with its options`() async throws {
    let folder = try TemporaryFolder()
    let page = try await Program.run(["man"], in: folder).output
    try folder.write(page, to: "nudged.1")
    let read = try await shell("mandoc -T ascii nudged.1 | col -b", in: folder).output
    let told = try await Program.run(["--experimental-dump-help"], in: folder).output
    let commands = try JSONDecoder().decode(DescribedProgram.self, from: Data(told.utf8)).command
    let sections = read.components(separatedBy: "\n   nudged ")
    #expect(commands.leaves.count > 40)
    for (path, options) in commands.leaves {
      let section = sections.first { $0.hasPrefix("\(path) ") || $0.hasPrefix("\(path)\n") }
      #expect(section != nil, "\(path)")
      for option in options { #expect(section?.contains(option) == true, "\(path) \(option)") }
    }
  }

  @Test func `the exit statuses are those of the document`() async throws {
    let path = Program.repository("docs/operations.md")
    let document = try String(contentsOfFile: path, encoding: .utf8)
    let told = document.matches(of: /(?m)^\| (\d+) \| (.+) \|$/).map { "\($0.1) \($0.2)" }
    let page = try await Program.run(["man"], in: try TemporaryFolder()).output
    for line in told {
      let parts = line.split(separator: " ", maxSplits: 1)
      let meaning = parts[1].replacing(/`([^`]*)`/) {
        "\\fB\($0.1.replacing("-", with: "\\-"))\\fR"
      }
      #expect(page.contains(".TP\n\(parts[0])\n\(meaning)\n"), "\(line)")
    }
    #expect(told.count > 10)
  }

  @Test(
    arguments: [
      (["man", "nudged.2"], 64), (["man", "nudged.8", "--documents", "nowhere"], 66),
      (["completions"], 64), (["completions", "csh"], 64),
    ] as [([String], Int32)]
  )
  func `what is not there is told`(arguments: [String], status: Int32) async throws {
    let outcome = try await Program.run(arguments, in: try TemporaryFolder())
    #expect(outcome.status == status)
    #expect(outcome.output == "")
    #expect(outcome.notes != "")
  }

  // MARK: Completions

  @Test func `bash completes commands, options and values`() async throws {
    let folder = try TemporaryFolder()
    let script = """
      nudged completions bash >nudged.bash
      bash --norc -c '
        source ./nudged.bash
        try() {
          COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
          _nudged nudged "${@: -1}" "${@: -2:1}" 2>/dev/null
          echo "${COMPREPLY[*]}"
        }
        try nudged he
        try nudged outbox re
        try nudged health --allow
        try nudged run --log-format js
      '
      """
    let outcome = try await shell(script, in: folder)
    let lines = outcome.output.split(separator: "\n").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    #expect(lines.count == 4, "\(outcome.output)\(outcome.notes)")
    #expect(lines.first?.contains("health") == true, "\(lines)")
    #expect(lines.dropFirst().first?.contains("retry") == true, "\(lines)")
    #expect(lines.dropFirst(2).first?.contains("--allow-degraded") == true, "\(lines)")
    #expect(lines.last?.contains("json") == true, "\(lines)")
  }

  @Test func `fish completes commands and options`() async throws {
    let folder = try TemporaryFolder()
    let script = """
      nudged completions fish >nudged.fish
      fish --no-config -c '
        source ./nudged.fish
        complete -C "nudged he"; complete -C "nudged health --allow"
      '
      """
    let outcome = try await shell(script, in: folder)
    #expect(outcome.output.contains(/(?m)^health\b/), "\(outcome.output)\(outcome.notes)")
    #expect(outcome.output.contains("--allow-degraded"), "\(outcome.output)")
  }

  @Test func `zsh takes the script`() async throws {
    let folder = try TemporaryFolder()
    let script = """
      nudged completions zsh >_nudged
      zsh -f -c '
        fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D
        print "${_comps[nudged]}"; zsh -n _nudged && print good
      '
      """
    let outcome = try await shell(script, in: folder)
    #expect(outcome.output == "_nudged\ngood\n", "\(outcome.output)\(outcome.notes)")
  }
}

/// What the program says of itself, as ArgumentParser writes it.
private struct DescribedProgram: Decodable {
  let command: DescribedCommand
}

private struct DescribedCommand: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let shouldDisplay: Bool
    let names: [Name]?
  }

  let commandName: String
  let shouldDisplay: Bool
  let arguments: [Argument]?
  let subcommands: [DescribedCommand]?

  /// The commands without others below them, by their words, with their long options.
  var leaves: [(path: String, options: [String])] {
    let inner = (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
    return inner.flatMap { command in
      let below = command.leaves.map { ("\(command.commandName) \($0.path)", $0.options) }
      return below.isEmpty ? [(command.commandName, command.options)] : below
    }
  }

  private var options: [String] {
    (arguments ?? []).filter(\.shouldDisplay).flatMap { $0.names ?? [] }
      .filter { $0.kind == "long" && !["help", "version"].contains($0.name) }
      .map { "--\($0.name)" }
  }
}
